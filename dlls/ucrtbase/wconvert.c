/* Numbers and wide text. */
#include "crt.h"

#define CHAR wchar_t
#define F(n, w) w
#include "tconvert.h"
