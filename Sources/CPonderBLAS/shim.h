// `cblas.h` is found through pkg-config's include path for OpenBLAS; other vendors install a header of the same name.
#include <cblas.h>
