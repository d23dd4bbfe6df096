/* Conditions of IF. */
#include "cmd.h"

static bool exists(const WCHAR *name)
{
    WCHAR *plain = unquote(name);
    size_t length = wcslen(plain);
    bool result;

    if (length > 4 && !_wcsicmp(plain + length - 4, L"\\nul")) {
        plain[length - 4] = 0;
        result = is_folder(plain);
    } else if (length && (plain[length - 1] == '\\' || plain[length - 1] == '/')) {
        result = is_folder(plain);
    } else {
        result = length && file_exists(plain);
    }
    memory_free(plain);
    return result;
}

static bool whole_number(const WCHAR *text, LONG *number)
{
    WCHAR *end;

    if (!*text) return false;
    *number = wcstol(text, &end, 0);
    return !*end;
}

static int compare(const struct node *node, const WCHAR *first, const WCHAR *second)
{
    LONG a, b;

    if (whole_number(first, &a) && whole_number(second, &b)) return a < b ? -1 : a > b;
    return node->ignore_case ? lstrcmpiW(first, second) : lstrcmpW(first, second);
}

bool condition_holds(struct node *node, bool *failed)
{
    WCHAR *first = expand_at_run(node->first), *second = node->second ? expand_at_run(node->second) : NULL, *value;
    bool holds = false;

    switch (node->condition) {
    case IF_ERRORLEVEL: holds = shell.errorlevel >= wcstol(first, NULL, 10); break;
    case IF_CMDEXTVERSION: holds = 2 >= wcstol(first, NULL, 10); break;
    case IF_EXIST: holds = exists(first); break;
    case IF_DEFINED:
        value = variable_value(first, wcslen(first));
        holds = value != NULL;
        memory_free(value);
        break;
    case IF_EQUAL: holds = !(node->ignore_case ? _wcsicmp(first, second) : wcscmp(first, second)); break;
    case IF_EQU: holds = compare(node, first, second) == 0; break;
    case IF_NEQ: holds = compare(node, first, second) != 0; break;
    case IF_LSS: holds = compare(node, first, second) < 0; break;
    case IF_LEQ: holds = compare(node, first, second) <= 0; break;
    case IF_GTR: holds = compare(node, first, second) > 0; break;
    case IF_GEQ: holds = compare(node, first, second) >= 0; break;
    }
    memory_free(first);
    memory_free(second);
    return holds != node->negated;
}
