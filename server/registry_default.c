/* The hive a new prefix starts from: default.reg, built into the server.
 *
 * The format is that of .reg files (UTF-8): [key], "name"="text", "name"=dword:…, "name"=hex(N):…, and, as hex(2) cannot be
 * read by people, "name"=str(2):"text" for REG_EXPAND_SZ. One line each; ; starts a comment.
 */
#include <stdlib.h>
#include <string.h>

#include "registry.h"

__asm__(".section .rodata\n"
        "default_reg: .incbin \"default.reg\"\n"
        "default_reg_end: .byte 0\n"
        ".previous");
extern const char default_reg[] __attribute__((visibility("hidden")));
extern const char default_reg_end[] __attribute__((visibility("hidden")));

struct line {
    const char *at, *end;
};

static bool skip(struct line *line, const char *text)
{
    size_t length = strlen(text);

    if ((size_t)(line->end - line->at) < length || memcmp(line->at, text, length)) return false;
    line->at += length;
    return true;
}

/* "…" as UTF-16 with \\ and \" resolved; units. The file is ours: plain ASCII. */
static uint32_t quoted(struct line *line, WCHAR *to, uint32_t room)
{
    uint32_t units = 0;

    if (!skip(line, "\"")) return 0;
    while (line->at < line->end && *line->at != '"' && units < room) {
        if (*line->at == '\\' && line->at + 1 < line->end) line->at++;
        to[units++] = (unsigned char)*line->at++;
    }
    skip(line, "\"");
    return units;
}

static void value_line(struct line *line, uint32_t place, uint64_t time)
{
    WCHAR name[256];
    union {
        WCHAR text[2048];
        uint32_t number;
        unsigned char bytes[4096];
    } data;
    uint32_t units = 0, size = 0, type = REG_SZ;

    if (!skip(line, "@")) units = quoted(line, name, 256);
    if (!skip(line, "=")) return;
    if (skip(line, "dword:")) {
        data.number = (uint32_t)strtoul(line->at, NULL, 16);
        type = REG_DWORD;
        size = 4;
    } else if (skip(line, "hex")) {
        type = REG_BINARY;
        if (skip(line, "(")) {
            char *end;
            type = (uint32_t)strtoul(line->at, &end, 16);
            line->at = end + 1;
        }
        skip(line, ":");
        while (line->at < line->end && size < sizeof(data.bytes)) {
            char *end;
            unsigned long byte = strtoul(line->at, &end, 16);
            if (end == line->at) break;
            data.bytes[size++] = (unsigned char)byte;
            line->at = *end == ',' ? end + 1 : end;
        }
    } else {
        if (skip(line, "str(2):")) type = REG_EXPAND_SZ;
        uint32_t length = quoted(line, data.text, 2047);
        data.text[length] = 0;
        size = (length + 1) * 2;
    }
    tree_set(place, name, units, type, &data, size, time);
}

void default_hive(const WCHAR *user, uint32_t user_units, bool all)
{
    static const struct {
        const char *name, *path;
    } roots[] = { { "HKEY_LOCAL_MACHINE", "Machine" }, { "HKEY_USERS", "User" } };
    const char *at = default_reg;
    uint32_t place = 0;
    uint64_t time = tree_now();

    while (at < default_reg_end) {
        const char *end = memchr(at, '\n', (size_t)(default_reg_end - at));
        if (!end) end = default_reg_end;
        struct line line = { at, end };
        at = end + 1;
        if (skip(&line, "[")) {
            WCHAR path[1024];
            uint32_t units = 0;
            place = 0;
            if (skip(&line, "HKEY_CURRENT_USER")) {
                memcpy(path, user, user_units * 2);
                units = user_units;
            } else if (all) {
                for (int i = 0; i < 2; i++)
                    if (skip(&line, roots[i].name))
                        for (const char *from = roots[i].path; *from; from++) path[units++] = (unsigned char)*from;
            }
            if (!units) continue;
            while (line.at < line.end && *line.at != ']' && units < 1024) path[units++] = (unsigned char)*line.at++;
            place = tree_walk(path, units, true, time);
        } else if (place && line.at < line.end && (*line.at == '"' || *line.at == '@')) {
            value_line(&line, place, time);
        }
    }
}
