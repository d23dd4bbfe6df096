/* The patterns of findstr: literal texts and its regular expressions. */
#ifndef FINDSTR_PATTERN_H
#define FINDSTR_PATTERN_H

#include "tool.h"

struct pattern {
    WCHAR *text;
    bool regular, ignore_case;
};

/* A character of the text that means something in a regular expression and is not escaped. */
bool pattern_has_meta(const WCHAR *text);
/* Where it matches: at the beginning and end of the line only, when asked for. */
bool pattern_matches(const struct pattern *pattern, const WCHAR *line, size_t length, bool at_begin, bool at_end);

#endif
