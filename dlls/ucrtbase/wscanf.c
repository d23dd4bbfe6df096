/* scanf and its relatives, wide. */
#include "crt.h"

double _strtod_l(const char *text, char **end, _locale_t locale);
float _strtof_l(const char *text, char **end, _locale_t locale);

#define WIDE 1
#define CHAR wchar_t
#define F(n, w) w
#define crt_scan_name crt_wscan
#define SCAN crt_scan_name
#include "scanf_core.h"
#include "tscanf.h"
