/* Structures that cross the border in table 1 (win32u.list): the same layout in 32-bit and 64-bit code. Handles and
 * pointers are held in fields of 64 bits; a window or GDI handle has 32 significant bits, sign-extended. */
#ifndef FERRY_WIN32U_H
#define FERRY_WIN32U_H

#include "ferry/nt.h"
#include "ferry/gdi.h"
#include "ferry/user.h"

#endif
