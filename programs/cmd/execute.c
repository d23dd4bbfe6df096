/* Runs trees. */
#include "cmd.h"

struct shell shell;

static int execute_simple(struct node *node)
{
    WCHAR *command = expand_at_run(node->command), *arguments = expand_at_run(node->arguments);
    const WCHAR *start = skip_delimiters(command);
    int result;

    if (start != command) { /* what an expanded variable began with */
        struct text both = { 0 };
        size_t length = 0;
        text_add_string(&both, start);
        text_add_string(&both, arguments);
        memory_free(command);
        memory_free(arguments);
        for (bool quoted = false; length < both.length && (quoted || !is_delimiter(both.data[length])); length++)
            if (both.data[length] == '"') quoted = !quoted;
        command = copy_part(both.data ? both.data : L"", length);
        arguments = copy_text(both.data ? both.data + length : L"");
        text_free(&both);
    } else if (wcscmp(command, node->command)) { /* the same for a variable with blanks inside */
        size_t length = 0, all = wcslen(command);
        for (bool quoted = false; length < all && (quoted || !is_delimiter(command[length])); length++)
            if (command[length] == '"') quoted = !quoted;
        if (length < all) {
            struct text rest = { 0 };
            text_add_string(&rest, command + length);
            text_add_string(&rest, arguments);
            command[length] = 0;
            memory_free(arguments);
            arguments = text_take(&rest);
        }
    }
    result = execute_command(command, arguments, false);
    memory_free(command);
    memory_free(arguments);
    return result;
}

static int execute_if(struct node *node)
{
    bool failed = false, holds = condition_holds(node, &failed);

    if (failed) return 1;
    if (holds) return execute(node->left);
    return node->right ? execute(node->right) : 0;
}

static int dispatch(struct node *node)
{
    int result;

    switch (node->kind) {
    case NODE_COMMAND: return execute_simple(node);
    case NODE_BLOCK: return execute(node->left);
    case NODE_IF: return execute_if(node);
    case NODE_FOR: return execute_for(node);
    case NODE_PIPE: return execute_pipe(node);
    case NODE_THEN:
        execute(node->left);
        return interrupted() ? 1 : execute(node->right);
    case NODE_AND:
        result = execute(node->left);
        return result || interrupted() ? result : execute(node->right);
    case NODE_OR:
        result = execute(node->left);
        if (!result || interrupted()) return result;
        shell.errorlevel = result;
        return execute(node->right);
    }
    return 0;
}

int execute(struct node *node)
{
    struct handle_state *state;
    int result;

    if (!node || shell.unwind) return 0;
    if (!node->redirects) return dispatch(node);
    output_flush();
    if (!(state = redirects_apply(node->redirects))) return shell.errorlevel = 1;
    result = dispatch(node);
    output_flush();
    redirects_undo(state);
    return result;
}

static int not_found(const WCHAR *name, bool called)
{
    complain(L"'%s' is not recognized as an internal or external command,\r\noperable program or batch file.\r\n", name);
    return shell.errorlevel = called ? 1 : 9009;
}

static int run_builtin(const struct builtin *builtin, WCHAR *arguments)
{
    int result;

    if (wants_help(arguments)) {
        print_help(builtin->name);
        return 0;
    }
    result = builtin->run(arguments);
    if (result) {
        if (!builtin->keeps_on_failure) shell.errorlevel = result;
    } else if (builtin->success == CLEARS_ERRORLEVEL ||
               (builtin->success == CLEARS_IN_CMD && shell.batch && shell.batch->is_cmd)) {
        shell.errorlevel = 0;
    }
    return result;
}

int execute_command(WCHAR *command, WCHAR *arguments, bool called)
{
    size_t length = 0;
    const struct builtin *builtin;
    WCHAR *name, *path;
    int result;

    if (!*command || *command == ':') return 0;
    if (((command[0] >= 'A' && command[0] <= 'Z') || (command[0] >= 'a' && command[0] <= 'z')) && command[1] == ':' && !command[2])
        return change_drive(command[0]);
    while (iswalpha(command[length])) length++;
    builtin = !command[length] || wcschr(L".:\\/+([],;=\"", command[length]) ? find_builtin(command, length) : NULL;
    if (builtin && command[length] == '.' && command[length + 1] && (path = find_program(command))) {
        memory_free(path);
        builtin = NULL;
    }
    if (builtin) {
        struct text all = { 0 };
        text_add_string(&all, command + length);
        text_add_string(&all, arguments);
        result = run_builtin(builtin, all.data);
        text_free(&all);
        return result;
    }
    name = unquote(command);
    path = *name ? find_program(name) : NULL;
    if (!path && !*name) result = 0;
    else if (!path) result = not_found(command, called);
    else if (is_batch_file(path)) {
        output_flush();
        bool chained = shell.batch && !called;
        result = run_batch(path, command, arguments);
        if (chained && !shell.unwind) shell.unwind = UNWIND_BATCH; /* without CALL there is no way back */
    } else {
        output_flush();
        result = shell.errorlevel = run_program(path, command, arguments);
    }
    memory_free(path);
    memory_free(name);
    return result;
}
