#!/bin/sh
# kernels.sh NM OBJECT...: what is compiled for special processors defines no function that the
# linker may choose in place of everybody's. Inline functions and templates are weak symbols, and
# of equal ones the linker keeps any.
nm=$1
shift
weak=$("$nm" -C "$@" | grep ' W ')
[ -z "$weak" ] || { echo "weak symbols in crypto/x86:"; echo "$weak"; exit 1; }
