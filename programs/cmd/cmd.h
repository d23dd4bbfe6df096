/* cmd.exe: the state of the shell and what its files offer each other.
 *
 * A line travels: input.c reads it, expand.c replaces %variables%, parser.c makes a tree of commands (reading more
 * lines for an open parenthesis), execute.c runs the tree; the builtin commands are in files of their own.
 */
#ifndef CMD_H
#define CMD_H

#include "tool.h"

/* ---- trees (node.c, parser.c) ---- */

enum node_kind { NODE_COMMAND, NODE_THEN, NODE_AND, NODE_OR, NODE_PIPE, NODE_BLOCK, NODE_IF, NODE_FOR };

enum redirect_kind { REDIRECT_READ, REDIRECT_WRITE, REDIRECT_APPEND, REDIRECT_COPY_READ, REDIRECT_COPY_WRITE };

struct redirect {
    struct redirect *next; /* in the order they were written */
    enum redirect_kind kind;
    int handle;     /* 0 to 9 */
    WCHAR *target;  /* as written; for copies the digit */
};

enum condition { IF_ERRORLEVEL, IF_EXIST, IF_DEFINED, IF_CMDEXTVERSION, IF_EQUAL, IF_EQU, IF_NEQ, IF_LSS, IF_LEQ, IF_GTR, IF_GEQ };

enum for_kind { FOR_PLAIN, FOR_FOLDERS, FOR_TREE, FOR_COUNT, FOR_LINES };

struct node {
    enum node_kind kind;
    bool quiet; /* '@' */
    bool lines; /* of NODE_THEN: divided by a line end in a block, not by '&' */
    struct redirect *redirects;
    struct node *left, *right; /* operands; the body, and of `if` the else part */
    WCHAR *command, *arguments; /* of a command; arguments begin with what divided them */
    /* if */
    bool ignore_case, negated;
    enum condition condition;
    WCHAR *first, *second;
    /* for */
    enum for_kind for_kind;
    WCHAR variable;
    WCHAR *options; /* of /F and /R; NULL when not given */
    WCHAR *set;
};

void node_free(struct node *node);
/* The text of a tree as the shell echoes it and hands it to a child. */
void node_print(const struct node *node, struct text *text);

/* ---- the state ---- */

enum unwind {
    UNWIND_NONE,
    UNWIND_GOTO,  /* the rest of this line is dropped, the batch file continues at its new position */
    UNWIND_BATCH, /* the innermost batch context ends */
    UNWIND_ALL,   /* every batch file ends: an error, or the user's wish */
    UNWIND_EXIT,  /* the process ends */
};

struct saved_environment {
    struct saved_environment *next;
    WCHAR *block, *directory;
    bool extensions, delayed;
};

struct batch {
    struct batch *caller;
    WCHAR *path;    /* full path of the file */
    WCHAR *name;    /* %0 as it was written */
    WCHAR *all;     /* %* */
    WCHAR **arguments; /* [0] is %1; moved by shift */
    int argument_count;
    WCHAR *shifted_name; /* %0 after a shift; NULL: name */
    ULONGLONG position; /* next byte to read, or BATCH_END */
#define BATCH_END (~(ULONGLONG)0)
    bool is_cmd;    /* .cmd: more commands clear the errorlevel */
    bool is_label;  /* a subroutine of the caller's file */
    bool at_label;  /* `call :label`: position is to be found */
    struct saved_environment *saved; /* setlocal of this context */
};

struct shell {
    bool extensions, delayed, echo;
    bool one_command; /* /c */
    bool complete_names, no_autorun;
    int errorlevel;
    enum unwind unwind;
    int exit_code;
    struct batch *batch;
    volatile LONG interrupted; /* Ctrl-C was pressed */
    WCHAR *title;
    struct saved_environment *saved; /* setlocal outside of a batch file does nothing, so: unused there */
    bool verify;
    int pipe_depth;
};
extern struct shell shell;

/* ---- input.c: where lines come from ---- */

struct input {
    bool from_batch;   /* lines of shell.batch */
    const WCHAR *text; /* or this text, once */
    bool from_console; /* or standard input, with a prompt */
    bool more;         /* a line after the first of a command: prompt "More? " */
};

/* The next line without its end and before any expansion; NULL at the end. Memory of the caller. */
WCHAR *input_line(struct input *input);
/* Runs everything that `input` has. */
int run_input(struct input *input);
void print_prompt(void);
/* Asks a question until one of the letters is given (in upper case); the letter, or 0 at the end of input. */
WCHAR ask(const WCHAR *question, const WCHAR *letters);
/* A line of standard input without its end, edited when it is a console; false at the end. */
bool ask_line(struct text *line);

/* ---- expand.c, modifier.c, delayed.c ---- */

/* %variables% and arguments; false after an error (the batch file is to end). */
bool expand_percent(const WCHAR *line, struct text *result);
/* The value of a variable, the dynamic ones included; memory of the caller, NULL when not defined. */
WCHAR *variable_value(const WCHAR *name, size_t length);
/* What follows the name in `%name:…%`: substring or replacement. `end` is the closing sign. false: not valid. */
bool variable_modified(const WCHAR *value, const WCHAR *modifier, size_t length, struct text *result);
/* !variables! and carets, when delayed expansion is on; memory of the caller. */
WCHAR *expand_delayed(const WCHAR *text);
/* `%~…x` of a value: letters of "fdpnxsatz" and "$NAME:" in `modifiers`. */
void modify_value(const WCHAR *value, const WCHAR *modifiers, size_t length, bool is_batch_name, struct text *result);
/* The FOR variables in scope, in a text. Memory of the caller. */
WCHAR *expand_for(const WCHAR *text);
/* Both, as a command's words get them when it runs. */
WCHAR *expand_at_run(const WCHAR *text);
/* A new value of a FOR variable; the old one comes back with the second. */
struct for_scope {
    WCHAR *values[128];
};
extern WCHAR *for_values[128];
extern int for_depth;

/* ---- parser.c ---- */

/* The next command line of `input`: false at its end. `*node` is NULL for a line without command. An error has been
 * reported and `*failed` set. */
bool parse_line(struct input *input, struct node **node, bool *failed);
/* One simple command in `text`, as CALL sees it. */
struct node *parse_simple(const WCHAR *text);
bool is_delimiter(WCHAR c); /* blank , ; = */

/* ---- execute.c, redirect.c, external.c ---- */

int execute(struct node *node);
int execute_command(WCHAR *command, WCHAR *arguments, bool called);
struct handle_state;
/* NULL after an error, which was reported. */
struct handle_state *redirects_apply(struct redirect *redirects);
void redirects_undo(struct handle_state *state);
/* Handles 3 to 9 as the C runtime's start-up data; NULL when none is open. */
BYTE *redirects_inherit(WORD *size);
int execute_pipe(struct node *node);

/* Finds a program or batch file by name: PATH, PATHEXT. Full path of the caller, NULL when there is none. */
WCHAR *find_program(const WCHAR *name);
/* Starts it and waits as its kind demands; the exit code. */
int run_program(const WCHAR *path, const WCHAR *name, const WCHAR *arguments);
bool is_batch_file(const WCHAR *path);
/* Starts `line`; standard handles as they are. NULL after an error (GetLastError). */
HANDLE start_process(const WCHAR *path, WCHAR *line, const WCHAR *directory, DWORD flags, WORD show, const WCHAR *title,
                     DWORD *id);
int wait_process(HANDLE process);
WCHAR *own_path(void); /* of cmd.exe */

/* ---- batch.c ---- */

int run_batch(const WCHAR *path, const WCHAR *name, const WCHAR *arguments);
int call_label(const WCHAR *label, const WCHAR *arguments);
bool batch_find_label(struct batch *batch, const WCHAR *label);
void environment_save(void);
bool environment_restore(void);
WCHAR *environment_get(const WCHAR *name); /* NULL when not defined; memory of the caller */
/* Splits arguments as %1, %2, … are; memory of the caller. */
int split_batch_arguments(const WCHAR *text, WCHAR ***arguments);

/* ---- builtin.c ---- */

enum success { KEEPS_ERRORLEVEL, CLEARS_ERRORLEVEL, CLEARS_IN_CMD };

struct builtin {
    const WCHAR *name;
    int (*run)(WCHAR *arguments); /* result: 0 is success, else what ERRORLEVEL becomes */
    enum success success;
    bool keeps_on_failure; /* ERRORLEVEL is not touched by a failure */
};
const struct builtin *find_builtin(const WCHAR *name, size_t length);
bool print_help(const WCHAR *name); /* help.c; false when the command is not known */
/* "/?" among the arguments: prints the help of the command. */
bool wants_help(const WCHAR *arguments);

/* ---- common to builtins (words.c) ---- */

struct words {
    int count;
    WCHAR **word; /* quotes removed */
    bool *quoted;
};
/* Arguments split at blanks (and , ; = when `all`), switches like /a/b divided. */
void words_split(struct words *words, const WCHAR *arguments, bool all);
void words_free(struct words *words);
WCHAR *unquote(const WCHAR *text); /* without any quotes */
const WCHAR *skip_blanks(const WCHAR *text);
const WCHAR *skip_delimiters(const WCHAR *text);
WCHAR *full_path(const WCHAR *path); /* NULL after an error */
WCHAR *join_path(const WCHAR *folder, const WCHAR *name);
const WCHAR *file_part(const WCHAR *path); /* behind the last \ / : */
bool is_folder(const WCHAR *path);
bool file_exists(const WCHAR *path); /* wildcards allowed */
bool has_wildcards(const WCHAR *text);
/* Reports `error` and is 1. */
int fail(DWORD error);
int fail_text(const WCHAR *text);
int syntax_error(void); /* "The syntax of the command is incorrect." */
bool interrupted(void); /* Ctrl-C was pressed; ends what runs */

/* dates.c */
void format_date(const SYSTEMTIME *time, struct text *text, bool weekday);
void format_time(const SYSTEMTIME *time, struct text *text);
/* As a directory lists it: "11/21/2026  09:54 AM", with `blanks` between. */
void format_stamp(const FILETIME *time, struct text *text, int blanks);

/* arithmetic.c: SET /A. false after an error, which was reported. */
bool evaluate(const WCHAR *expression, LONG *result, int *code);

/* the builtins, by file */
int builtin_echo(WCHAR *), builtin_rem(WCHAR *), builtin_exit(WCHAR *), builtin_pause(WCHAR *), builtin_ver(WCHAR *),
    builtin_cls(WCHAR *), builtin_title(WCHAR *), builtin_color(WCHAR *), builtin_verify(WCHAR *), builtin_break(WCHAR *),
    builtin_vol(WCHAR *), builtin_prompt(WCHAR *), builtin_path(WCHAR *), builtin_dpath(WCHAR *), builtin_keys(WCHAR *),
    builtin_help(WCHAR *);
int builtin_call(WCHAR *), builtin_goto(WCHAR *), builtin_shift(WCHAR *), builtin_setlocal(WCHAR *),
    builtin_endlocal(WCHAR *);
int builtin_set(WCHAR *), builtin_date(WCHAR *), builtin_time(WCHAR *);
int builtin_cd(WCHAR *), builtin_pushd(WCHAR *), builtin_popd(WCHAR *), builtin_md(WCHAR *), builtin_rd(WCHAR *);
int builtin_dir(WCHAR *), builtin_copy(WCHAR *), builtin_move(WCHAR *), builtin_ren(WCHAR *), builtin_del(WCHAR *),
    builtin_type(WCHAR *), builtin_mklink(WCHAR *);
int builtin_assoc(WCHAR *), builtin_ftype(WCHAR *), builtin_start(WCHAR *);
int change_drive(WCHAR letter);
int execute_for(struct node *node);
int execute_for_lines(struct node *node, WCHAR *set);
bool for_iterate(struct node *node, const WCHAR *value);
bool condition_holds(struct node *node, bool *failed);

/* lineedit.c: a line from the console; false at the end of input. */
bool edit_line(const WCHAR *prompt, struct text *line);

#endif
