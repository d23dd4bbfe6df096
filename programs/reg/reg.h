/* reg.exe: what its commands share. */
#ifndef REG_H
#define REG_H

#include "../lib/tool.h"
#include <winreg.h>

#define NAME_ROOM 16384 /* of a value's name */

/* \\machine\ROOT\path, taken apart. */
struct key_name {
    HKEY root;
    bool remote;      /* `root` was opened and is to be closed */
    WCHAR *full;      /* HKEY_…\path, as it is shown */
    const WCHAR *path; /* behind the root, "" for the root itself */
};

struct value {
    DWORD type, size;
    BYTE *data; /* two zero characters behind it */
};

/* Switches every command knows: /reg:32, /reg:64. */
extern REGSAM view;
extern const WCHAR *command; /* in capitals, for messages */

bool parse_key(const WCHAR *text, struct key_name *key); /* complains */
void free_key(struct key_name *key);
LSTATUS open_key(const struct key_name *key, REGSAM access, HKEY *handle);

int syntax_error(void);              /* complains; 1 */
int fail(LSTATUS error);             /* complains; 1 */
int succeed(void);
bool confirm(const WCHAR *format, ...); /* (Yes/No)? */

const WCHAR *type_name(DWORD type); /* NULL: has none */
bool type_of(const WCHAR *name, DWORD *type);
bool read_value(HKEY key, const WCHAR *name, struct value *value); /* false: there is none */
void free_value(struct value *value);
/* How query shows it, to be freed; separator: between the strings of a REG_MULTI_SZ. */
WCHAR *value_text(const struct value *value, const WCHAR *separator);
/* From the command line. false: it is no such data. */
bool value_from_text(DWORD type, const WCHAR *text, WCHAR separator, struct value *value);

int command_query(int argc, WCHAR **argv);
int command_add(int argc, WCHAR **argv);
int command_delete(int argc, WCHAR **argv);
int command_copy(int argc, WCHAR **argv);
int command_compare(int argc, WCHAR **argv);
int command_export(int argc, WCHAR **argv);
int command_import(int argc, WCHAR **argv);
int command_save(int argc, WCHAR **argv);
int command_restore(int argc, WCHAR **argv);
int command_load(int argc, WCHAR **argv);
int command_unload(int argc, WCHAR **argv);

#endif
