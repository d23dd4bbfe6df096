/* scanf and its relatives, narrow. */
#include "crt.h"

double _strtod_l(const char *text, char **end, _locale_t locale);
float _strtof_l(const char *text, char **end, _locale_t locale);

#define WIDE 0
#define CHAR char
#define F(n, w) n
#define crt_scan_name crt_scan
#define SCAN crt_scan_name
#include "scanf_core.h"
#include "tscanf.h"
