#include "ponder_kernels.h"
