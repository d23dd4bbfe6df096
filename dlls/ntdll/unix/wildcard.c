#include "wildcard.h"

#include "path.h"

bool wildcard_present(const WCHAR *pattern, int units)
{
    int i;
    for (i = 0; i < units; i++)
        if (pattern[i] == '*' || pattern[i] == '?' || pattern[i] == '<' || pattern[i] == '>' || pattern[i] == '"')
            return true;
    return false;
}

static int last_dot(const WCHAR *name, int units)
{
    while (units-- > 0)
        if (name[units] == '.')
            return units;
    return -1;
}

/* Rules: FsRtlIsNameInExpression reference. `dot` is the place of the name's last period, -1 without. `budget` bounds
 * what hostile patterns cost. */
static bool match(const WCHAR *p, int pn, const WCHAR *name, int at, int units, int dot, int *budget)
{
    while (pn) {
        WCHAR c = *p;
        if (--*budget < 0)
            return false;
        switch (c) {
        case '*':
            while (pn > 1 && p[1] == '*')
                p++, pn--;
            if (pn == 1)
                return true;
            for (; at <= units; at++)
                if (match(p + 1, pn - 1, name, at, units, dot, budget))
                    return true;
            return false;
        case '<': /* any characters up to the last period, that included; all if there is none */
            for (;; at++) {
                if (match(p + 1, pn - 1, name, at, units, dot, budget))
                    return true;
                if (at == dot)
                    return match(p + 1, pn - 1, name, at + 1, units, dot, budget);
                if (at >= units)
                    return false;
            }
        case '>': /* one character; none at a period or the end */
            if (at < units && name[at] != '.')
                at++;
            p++, pn--;
            break;
        case '"': /* a period, or nothing at the end */
            if (at < units) {
                if (name[at] != '.')
                    return false;
                at++;
            }
            p++, pn--;
            break;
        case '?':
            if (at >= units)
                return false;
            at++, p++, pn--;
            break;
        default:
            if (at >= units || (name[at] != c && path_upcase(name[at]) != path_upcase(c)))
                return false;
            at++, p++, pn--;
        }
    }
    return at == units;
}

bool wildcard_match(const WCHAR *pattern, int pattern_units, const WCHAR *name, int name_units)
{
    int budget = 100000;

    if (pattern_units == 1 && pattern[0] == '*')
        return true;
    return match(pattern, pattern_units, name, 0, name_units, last_dot(name, name_units), &budget);
}
