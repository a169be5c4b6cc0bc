// What a shared library shows: the namespace of the public headers, and nothing else.
#pragma once

/// Stands in `namespace PARLEY_PUBLIC parley {`. The library is compiled with hidden visibility.
#define PARLEY_PUBLIC [[gnu::visibility("default")]]
