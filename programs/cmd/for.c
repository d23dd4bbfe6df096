/* FOR over words, files, folders, trees and counts. */
#include "cmd.h"

/* One round of the body; false when the loop is to end. */
static bool round_of(struct node *node, int *result)
{
    if (shell.echo && !node->left->quiet) {
        struct text text = { 0 };
        WCHAR *shown;
        node_print(node->left, &text);
        shown = expand_for(text.data);
        print_text(L"\r\n");
        print_prompt();
        print(L"%s\r\n", shown);
        memory_free(shown);
        text_free(&text);
    }
    *result = execute(node->left);
    return !interrupted();
}

static int last_result;

bool for_iterate(struct node *node, const WCHAR *value)
{
    WCHAR *kept = for_values[node->variable & 127];
    bool go_on;

    for_values[node->variable & 127] = copy_text(value);
    for_depth++;
    go_on = round_of(node, &last_result);
    for_depth--;
    memory_free(for_values[node->variable & 127]);
    for_values[node->variable & 127] = kept;
    return go_on;
}

/* The names in `folder` (NULL: what the pattern says) that match; of folders or files. */
static bool each_match(struct node *node, const WCHAR *folder, const WCHAR *pattern, bool folders)
{
    WCHAR *path = folder ? join_path(folder, pattern) : copy_text(pattern);
    const WCHAR *last = file_part(path);
    WIN32_FIND_DATAW data;
    HANDLE find = FindFirstFileW(path, &data);
    WCHAR **names = NULL;
    int count = 0;
    bool go_on = true;

    if (find != INVALID_HANDLE_VALUE) {
        do {
            if (!(data.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) == folders) continue;
            if (data.dwFileAttributes & (FILE_ATTRIBUTE_HIDDEN | FILE_ATTRIBUTE_SYSTEM)) continue;
            if (!wcscmp(data.cFileName, L".") || !wcscmp(data.cFileName, L"..")) continue;
            struct text name = { 0 };
            text_add(&name, path, last - path);
            text_add_string(&name, data.cFileName);
            names = memory_resize(names, (count + 1) * sizeof(*names));
            names[count++] = text_take(&name);
        } while (FindNextFileW(find, &data));
        FindClose(find);
    }
    for (int i = 0; i < count; i++) {
        if (go_on) go_on = for_iterate(node, names[i]);
        memory_free(names[i]);
    }
    memory_free(names);
    memory_free(path);
    return go_on;
}

static bool each_word(struct node *node, const WCHAR *set, const WCHAR *folder, bool folders)
{
    WCHAR **words;
    int count = split_batch_arguments(set, &words);
    bool go_on = true;

    for (int i = 0; i < count; i++) {
        if (go_on && has_wildcards(words[i])) {
            WCHAR *pattern = unquote(words[i]);
            go_on = each_match(node, folder, pattern, folders);
            memory_free(pattern);
        } else if (go_on && folder) {
            WCHAR *plain = unquote(words[i]), *path = join_path(folder, plain);
            bool quoted = *words[i] == '"';
            if (quoted) {
                struct text text = { 0 };
                text_format(&text, L"\"%s\"", path);
                go_on = for_iterate(node, text.data);
                text_free(&text);
            } else {
                go_on = for_iterate(node, path);
            }
            memory_free(plain);
            memory_free(path);
        } else if (go_on) {
            go_on = for_iterate(node, words[i]);
        }
        memory_free(words[i]);
    }
    memory_free(words);
    return go_on;
}

static bool each_folder(struct node *node, const WCHAR *folder, const WCHAR *set)
{
    WCHAR *pattern = join_path(folder, L"*"), **names = NULL;
    WIN32_FIND_DATAW data;
    HANDLE find;
    int count = 0;
    bool go_on = each_word(node, set, folder, node->negated);

    find = go_on ? FindFirstFileW(pattern, &data) : INVALID_HANDLE_VALUE;
    memory_free(pattern);
    if (find == INVALID_HANDLE_VALUE) return go_on;
    do {
        if (!(data.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) || data.dwFileAttributes & FILE_ATTRIBUTE_REPARSE_POINT) continue;
        if (!wcscmp(data.cFileName, L".") || !wcscmp(data.cFileName, L"..")) continue;
        names = memory_resize(names, (count + 1) * sizeof(*names));
        names[count++] = join_path(folder, data.cFileName);
    } while (FindNextFileW(find, &data));
    FindClose(find);
    for (int i = 0; i < count; i++) {
        if (go_on) go_on = each_folder(node, names[i], set);
        memory_free(names[i]);
    }
    memory_free(names);
    return go_on;
}

static void count_up(struct node *node, const WCHAR *set)
{
    LONG numbers[3] = { 0 };
    WCHAR **words, text[16];
    int count = split_batch_arguments(set, &words);

    for (int i = 0; i < count; i++) {
        if (i < 3) numbers[i] = wcstol(words[i], NULL, 0);
        memory_free(words[i]);
    }
    memory_free(words);
    for (LONGLONG at = numbers[0]; numbers[1] >= 0 ? at <= numbers[2] : at >= numbers[2]; at += numbers[1]) {
        _snwprintf(text, ARRAYSIZE(text), L"%d", (LONG)at);
        if (!for_iterate(node, text)) break;
    }
}

int execute_for(struct node *node)
{
    WCHAR *set = expand_at_run(node->set), *options, *root;

    last_result = 0;
    switch (node->for_kind) {
    case FOR_PLAIN: each_word(node, set, NULL, false); break;
    case FOR_FOLDERS: each_word(node, set, NULL, true); break;
    case FOR_COUNT: count_up(node, set); break;
    case FOR_LINES: {
        int result = execute_for_lines(node, set);
        memory_free(set);
        return result ? result : last_result;
    }
    case FOR_TREE:
        options = node->options ? expand_at_run(node->options) : copy_text(L".");
        WCHAR *plain = unquote(options);
        root = full_path(plain);
        if (root) {
            size_t length = wcslen(root);
            if (length > 3 && root[length - 1] == '\\') root[length - 1] = 0;
            if (is_folder(root)) each_folder(node, root, set);
        }
        memory_free(plain);
        memory_free(options);
        memory_free(root);
        break;
    }
    memory_free(set);
    return last_result;
}
