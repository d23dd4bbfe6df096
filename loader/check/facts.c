/* What the program is: processor, subsystem, what made or packed it, what its manifest asks for. All guesses come from
 * marks that the tools leave; none is needed to run the program. */
#include "check.h"

#include <stdarg.h>
#include <string.h>

#define MANIFEST_TYPE 24

static void add(char (*list)[64], unsigned *count, const char *format, ...)
{
    va_list args;
    char text[64];

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    for (unsigned i = 0; i < *count; i++)
        if (!strcmp(list[i], text)) return;
    if (*count < FACTS_MAX) strcpy(list[(*count)++], text);
}

#define MADE(...) add(facts->made_with, &facts->made_count, __VA_ARGS__)
#define MANIFEST(...) add(facts->manifest, &facts->manifest_count, __VA_ARGS__)

static bool has_section(const struct image *image, const char *name)
{
    for (uint32_t i = 0; i < image->pe.section_count; i++)
        if (!strcmp(image->pe.sections[i].name, name)) return true;
    return false;
}

static bool has_bytes(const struct image *image, const char *text)
{
    return memmem(image->bytes, image->size, text, strlen(text)) != NULL;
}

/* Microsoft's linker leaves a record, ended by "Rich", between the DOS program and the PE header. */
static bool has_rich_header(const struct image *image)
{
    size_t end = image->pe.header_offset < image->size ? image->pe.header_offset : image->size;

    return end > 0x80 && memmem(image->bytes + 0x40, end - 0x40, "Rich", 4) != NULL;
}

static void find_msvc(const struct image *image, struct facts *facts)
{
    static const struct {
        unsigned major, minor;
        const char *name;
    } versions[] = { { 5, 0, "5.0" }, { 6, 0, "6.0" }, { 7, 0, "2002" }, { 7, 10, "2003" }, { 8, 0, "2005" },
                     { 9, 0, "2008" }, { 10, 0, "2010" }, { 11, 0, "2012" }, { 12, 0, "2013" } };
    unsigned major = image->bytes[image->pe.header_offset + 26], minor = image->bytes[image->pe.header_offset + 27];

    if (major == 14) {
        MADE("Visual C++ %s (linker 14.%u)", minor < 10 ? "2015" : minor < 20 ? "2017" : minor < 30 ? "2019" : "2022", minor);
        return;
    }
    for (unsigned i = 0; i < sizeof(versions) / sizeof(versions[0]); i++)
        if (versions[i].major == major && versions[i].minor == minor) {
            MADE("Visual C++ %s (linker %u.%u)", versions[i].name, major, minor);
            return;
        }
    MADE("a Microsoft linker %u.%u", major, minor);
}

struct runtime {
    const char *dll, *name;
};

static void note_runtime(const struct import *import, void *data)
{
    static const struct runtime runtimes[] = {
        { "msvbvm60.dll", "Visual Basic 6" }, { "msvbvm50.dll", "Visual Basic 5" }, { "mscoree.dll", ".NET" },
        { "mfc42.dll", "MFC 6" }, { "mfc42u.dll", "MFC 6" }, { "mfc71.dll", "MFC 7.1" }, { "mfc80.dll", "MFC 8" },
        { "mfc80u.dll", "MFC 8" }, { "mfc90.dll", "MFC 9" }, { "mfc90u.dll", "MFC 9" }, { "mfc100.dll", "MFC 10" },
        { "mfc100u.dll", "MFC 10" }, { "mfc140.dll", "MFC 14" }, { "mfc140u.dll", "MFC 14" },
        { "msvcrt.dll", "C runtime msvcrt" }, { "msvcr71.dll", "C runtime of Visual C++ 2003" },
        { "msvcr80.dll", "C runtime of Visual C++ 2005" }, { "msvcr90.dll", "C runtime of Visual C++ 2008" },
        { "msvcr100.dll", "C runtime of Visual C++ 2010" }, { "msvcr110.dll", "C runtime of Visual C++ 2012" },
        { "msvcr120.dll", "C runtime of Visual C++ 2013" }, { "vcruntime140.dll", "C runtime of Visual C++ 2015 and later" },
        { "ucrtbase.dll", "Universal C runtime" }, { "crtdll.dll", "C runtime crtdll" }, { "qt5core.dll", "Qt 5" },
        { "qt6core.dll", "Qt 6" }, { "qtcore4.dll", "Qt 4" }, { "libgcc_s_dw2-1.dll", "GCC" },
        { "libgcc_s_seh-1.dll", "GCC" }, { "cygwin1.dll", "Cygwin" }, { "msys-2.0.dll", "MSYS2" },
        { "borlndmm.dll", "Borland" }, { "cc3250mt.dll", "C++Builder" },
    };
    struct facts *facts = data;

    for (unsigned i = 0; i < sizeof(runtimes) / sizeof(runtimes[0]); i++)
        if (!strcasecmp(import->dll, runtimes[i].dll)) MADE("%s", runtimes[i].name);
    if (!strncasecmp(import->dll, "api-ms-win-crt-", 15)) MADE("Universal C runtime");
}

static void find_maker(const struct image *image, struct facts *facts)
{
    const struct pe_info *pe = &image->pe;
    unsigned linker = image->bytes[pe->header_offset + 26];

    if (pe->directory_count > 14 && pe->directories[14].rva) MADE(".NET");
    if (has_section(image, "UPX0")) MADE("packed by UPX");
    if (has_section(image, ".aspack")) MADE("packed by ASPack");
    if (has_section(image, ".petite")) MADE("packed by Petite");
    if (has_section(image, ".MPRESS1")) MADE("packed by MPRESS");
    if (has_section(image, "PEC2")) MADE("packed by PECompact");
    if (has_section(image, ".themida")) MADE("packed by Themida");
    if (has_section(image, ".vmp0")) MADE("packed by VMProtect");
    if (has_bytes(image, "NullsoftInst")) MADE("an NSIS installer");
    if (has_bytes(image, "Inno Setup")) MADE("an Inno Setup installer");
    if (has_bytes(image, "InstallShield")) MADE("an InstallShield installer");
    if (has_bytes(image, "WixBurn") || has_section(image, ".wixburn")) MADE("a WiX bundle");
    if (has_bytes(image, "Go build ID:") || has_bytes(image, "Go buildinf:") || has_bytes(image, "runtime.gopanic") || has_bytes(image, "runtime.goexit")) MADE("Go");
    if (has_bytes(image, "/rustc/")) MADE("Rust");
    if (image_has_named_resource(image, "PACKAGEINFO") || image_has_named_resource(image, "DVCLAL"))
        MADE("Delphi or C++Builder");
    else if (has_section(image, "CODE") && has_section(image, "DATA") && has_section(image, "BSS"))
        MADE("Borland");
    if (has_bytes(image, "AU3!EA06")) MADE("AutoIt 3");
    if (has_bytes(image, "MEI\014\013\012\013\016")) MADE("PyInstaller");
    if (has_bytes(image, "Mingw-w64 runtime failure")) MADE("mingw-w64");
    else if (linker == 2 && (has_section(image, ".CRT") || has_section(image, ".idata"))) MADE("GNU linker");
    if (has_rich_header(image)) find_msvc(image, facts);
    imports_read(image, note_runtime, facts);
}

static bool manifest_has(const char *text, uint32_t size, const char *wanted)
{
    return memmem(text, size, wanted, strlen(wanted)) != NULL;
}

static void find_manifest(const struct image *image, struct facts *facts)
{
    uint32_t size;
    const char *text = image_resource(image, MANIFEST_TYPE, 0, &size);

    if (!text) return;
    if (manifest_has(text, size, "requireAdministrator")) MANIFEST("requires an administrator");
    else if (manifest_has(text, size, "highestAvailable")) MANIFEST("wants the highest privileges available");
    if (manifest_has(text, size, "Microsoft.Windows.Common-Controls")) MANIFEST("common controls 6");
    if (manifest_has(text, size, "Microsoft.VC80.")) MANIFEST("Visual C++ 2005 runtime assembly");
    if (manifest_has(text, size, "Microsoft.VC90.")) MANIFEST("Visual C++ 2008 runtime assembly");
    if (manifest_has(text, size, "PerMonitor")) MANIFEST("per-monitor DPI aware");
    else if (manifest_has(text, size, "dpiAware")) MANIFEST("DPI aware");
    if (manifest_has(text, size, "longPathAware")) MANIFEST("long paths");
    if (manifest_has(text, size, "activeCodePage")) MANIFEST("chooses its code page");
    if (manifest_has(text, size, "8e0f7a12-bfb3-4fe8-b9a5-48fd50a15a9a")) MANIFEST("made for Windows 10");
    else if (manifest_has(text, size, "1f676c76-80e1-4239-95bb-83d0f6d0da78")) MANIFEST("made for Windows 8.1");
    else if (manifest_has(text, size, "35138b9a-5d96-4fbd-8e2d-a2440225f93a")) MANIFEST("made for Windows 7");
}

void facts_find(const struct image *image, struct facts *facts)
{
    static const char *const subsystems[] = { "unknown", "native", "windows", "console", [7] = "posix", [9] = "windows ce",
                                              [10] = "efi", [11] = "efi", [12] = "efi", [13] = "efi", [14] = "xbox" };
    const struct pe_info *pe = &image->pe;
    const char *subsystem = pe->subsystem < sizeof(subsystems) / sizeof(subsystems[0]) ? subsystems[pe->subsystem] : NULL;

    snprintf(facts->machine, sizeof(facts->machine), "%s", pe->machine == PE_MACHINE_AMD64 ? "x86-64" : "i386");
    snprintf(facts->subsystem, sizeof(facts->subsystem), "%s", subsystem ? subsystem : "unknown");
    facts->windows_major = pe->subsystem_major;
    facts->windows_minor = pe->subsystem_minor;
    find_maker(image, facts);
    find_manifest(image, facts);
}
