/* MOVE. */
#include "cmd.h"

struct move {
    bool ask, all;
    ULONG files, folders;
};

static bool may_replace(struct move *move, const WCHAR *path)
{
    if (!move->ask || move->all || GetFileAttributesW(path) == INVALID_FILE_ATTRIBUTES) return true;
    struct text question = { 0 };
    text_format(&question, L"Overwrite %s? (Yes/No/All): ", path);
    WCHAR answer = ask(question.data, L"YNA");
    text_free(&question);
    if (answer == 'A') move->all = true;
    return answer == 'Y' || answer == 'A';
}

static DWORD move_one(struct move *move, const WCHAR *from, const WCHAR *name, const WCHAR *target)
{
    WCHAR *to = is_folder(target) ? join_path(target, name) : copy_text(target);
    bool folder = is_folder(from);
    DWORD error = 0;

    if (folder && is_folder(to)) error = ERROR_ACCESS_DENIED;
    else if (!folder && !may_replace(move, to)) error = 0;
    else if (!MoveFileExW(from, to, MOVEFILE_COPY_ALLOWED | MOVEFILE_REPLACE_EXISTING)) error = GetLastError();
    else if (folder) move->folders++;
    else move->files++;
    memory_free(to);
    return error;
}

int builtin_move(WCHAR *arguments)
{
    struct words words;
    const WCHAR *names[2] = { 0 };
    struct move move = { .ask = shell.batch == NULL };
    WCHAR *defaults = environment_get(L"COPYCMD");
    int count = 0, result = 0;

    if (defaults && !_wcsicmp(skip_blanks(defaults), L"/y")) move.ask = false;
    memory_free(defaults);
    words_split(&words, arguments, true);
    for (int i = 0; i < words.count; i++) {
        if (words.word[i][0] == '/' && !words.quoted[i]) {
            if (!_wcsicmp(words.word[i], L"/y")) move.ask = false;
            else if (!_wcsicmp(words.word[i], L"/-y")) move.ask = true;
            else count = 3;
        } else if (count < 2) {
            names[count++] = words.word[i];
        } else {
            count = 3;
        }
    }
    if (count < 1 || count > 2) {
        words_free(&words);
        return syntax_error();
    }
    const WCHAR *target = count == 2 ? names[1] : L".";
    struct names { struct names *next; WCHAR name[MAX_PATH]; } *list = NULL, **tail = &list;
    WIN32_FIND_DATAW data;
    bool wild = has_wildcards(names[0]);
    int found = 0;
    HANDLE find = FindFirstFileW(names[0], &data);
    if (find == INVALID_HANDLE_VALUE) {
        DWORD error = GetLastError();
        words_free(&words);
        return fail(error == ERROR_NO_MORE_FILES ? ERROR_FILE_NOT_FOUND : error);
    }
    do {
        if (wild && data.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) continue;
        *tail = memory_get(sizeof(**tail));
        wcscpy((*tail)->name, data.cFileName);
        tail = &(*tail)->next;
        found++;
    } while (FindNextFileW(find, &data));
    FindClose(find);
    if (!found) result = fail(ERROR_FILE_NOT_FOUND);
    if (found > 1 && !is_folder(target)) {
        result = fail_text(L"Cannot move multiple files to a single file.");
        found = 0;
    }
    while (list) {
        struct names *next = list->next;
        if (found && !interrupted()) {
            struct text path = { 0 };
            text_add(&path, names[0], file_part(names[0]) - names[0]);
            text_add_string(&path, list->name);
            if (wild) {
                WCHAR *full = full_path(path.data);
                print(L"%s\r\n", full);
                memory_free(full);
            }
            DWORD error = move_one(&move, path.data, list->name, target);
            if (error) result = fail(error);
            text_free(&path);
        }
        memory_free(list);
        list = next;
    }
    if (move.folders) print(L"%9u dir(s) moved.\r\n", move.folders);
    else if (found) print(L"%9u file(s) moved.\r\n", move.files);
    words_free(&words);
    return result;
}
