/* Files and folders by wide name. */
#include "crt.h"

BOOL crt_change_folder(const wchar_t *path);
unsigned crt_next_temporary(void);

#define WIDE 1
#define CHAR wchar_t
#define F(n, w) w
#include "tdirect.h"
