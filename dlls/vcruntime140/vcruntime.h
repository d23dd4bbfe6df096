/* What the files of vcruntime140.dll share. */
#ifndef VCRUNTIME_H
#define VCRUNTIME_H

#include "cxxeh.h"

#endif
