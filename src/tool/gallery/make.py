#!/usr/bin/env python3
"""make.py PARLEY FOLDER: the gallery into FOLDER, the transcript into src/README.md."""

import sys

import transcript
from gallery import make_gallery

if len(sys.argv) != 3:
    sys.exit(__doc__)
for path in make_gallery(*sys.argv[1:]):
    print(path)
transcript.write(sys.argv[1])
