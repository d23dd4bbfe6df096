#include "manifest.h"
#include "xml.h"

/* ---- pool ---- */

#define POOL_BLOCK 0x1000

struct pool_block {
    struct pool_block *next;
    SIZE_T used, size;
};

#define BLOCK_HEADER ((sizeof(struct pool_block) + 15) & ~(SIZE_T)15)

void *pool_allocate(struct pool *pool, SIZE_T bytes)
{
    struct pool_block *block = pool->blocks;
    void *result;

    bytes = (bytes + 15) & ~(SIZE_T)15;
    if (!block || block->size - block->used < bytes) {
        SIZE_T size = BLOCK_HEADER + bytes > POOL_BLOCK ? BLOCK_HEADER + bytes : POOL_BLOCK;
        if (!(block = heap_allocate_zeroed(size))) return NULL;
        *block = (struct pool_block){ .next = pool->blocks, .used = BLOCK_HEADER, .size = size };
        pool->blocks = block;
    }
    result = (char *)block + block->used;
    block->used += bytes;
    return result;
}

WCHAR *pool_copy(struct pool *pool, const WCHAR *text, SIZE_T units)
{
    WCHAR *copy = pool_allocate(pool, (units + 1) * sizeof(WCHAR));

    if (copy) memcpy(copy, text, units * sizeof(WCHAR));
    return copy;
}

void pool_free(struct pool *pool)
{
    while (pool->blocks) {
        struct pool_block *next = pool->blocks->next;
        heap_free(pool->blocks);
        pool->blocks = next;
    }
}

/* ---- parser ---- */

struct parser {
    struct xml xml;
    struct pool *pool;
    struct manifest *manifest;
    ULONG dependency_depth;  /* depth of the dependentAssembly we are in, 0 */
    ULONG settings_depth;    /* of windowsSettings */
    const struct xml_text *settings_space;
    struct xml_text settings_space_text;
    bool optional;
    struct manifest_file *file;
    struct manifest_class *class; /* its text is to come */
    struct manifest_setting *setting;
    bool root_seen, out_of_memory;
};

static WCHAR *keep(struct parser *parser, const struct xml_text *text)
{
    WCHAR *copy;

    if (!text) return NULL;
    if (!(copy = pool_allocate(parser->pool, (text->units + 1) * sizeof(WCHAR)))) {
        parser->out_of_memory = true;
        return NULL;
    }
    copy[xml_unescape(copy, text)] = 0;
    return copy;
}

static WCHAR *keep_attribute(struct parser *parser, const WCHAR *name)
{
    return keep(parser, xml_attribute(&parser->xml, name));
}

static void *make(struct parser *parser, SIZE_T size)
{
    void *block = pool_allocate(parser->pool, size);

    if (!block) parser->out_of_memory = true;
    return block;
}

static void read_identity(struct parser *parser, struct identity *identity)
{
    identity->name = keep_attribute(parser, L"name");
    identity->version = keep_attribute(parser, L"version");
    identity->type = keep_attribute(parser, L"type");
    identity->architecture = keep_attribute(parser, L"processorArchitecture");
    identity->token = keep_attribute(parser, L"publicKeyToken");
    identity->language = keep_attribute(parser, L"language");
}

static bool is_yes(const struct xml_text *value)
{
    return value && (xml_is(value, L"yes") || xml_is(value, L"true"));
}

static void add_dependency(struct parser *parser)
{
    struct manifest_dependency *added = make(parser, sizeof(*added)), **end = &parser->manifest->dependencies;

    if (!added) return;
    read_identity(parser, &added->identity);
    added->optional = parser->optional;
    while (*end) end = &(*end)->next;
    *end = added;
}

static void add_file(struct parser *parser)
{
    struct manifest_file *added = make(parser, sizeof(*added)), **end = &parser->manifest->files;

    if (!added) return;
    added->name = keep_attribute(parser, L"name");
    added->load_from = keep_attribute(parser, L"loadFrom");
    while (*end) end = &(*end)->next;
    *end = added;
    parser->file = added;
}

static void add_class(struct parser *parser)
{
    struct manifest_class *added = make(parser, sizeof(*added));
    const struct xml_text *versioned = xml_attribute(&parser->xml, L"versioned");

    if (!added) return;
    added->file = parser->file;
    added->versioned = !versioned || !xml_is(versioned, L"no");
    added->next = parser->manifest->classes;
    parser->manifest->classes = added;
    parser->class = added;
}

static void add_setting(struct parser *parser)
{
    struct manifest_setting *added = make(parser, sizeof(*added));
    const struct xml_text *space = xml_attribute(&parser->xml, L"xmlns");

    if (!added) return;
    added->name = keep(parser, &parser->xml.name);
    added->space = keep(parser, space ? space : parser->settings_space);
    added->next = parser->manifest->settings;
    parser->manifest->settings = added;
    parser->setting = added;
}

static void read_run_level(struct parser *parser)
{
    const struct xml_text *level = xml_attribute(&parser->xml, L"level");

    if (!level) return;
    if (xml_is(level, L"asInvoker")) parser->manifest->run_level = ACTCTX_RUN_LEVEL_AS_INVOKER;
    else if (xml_is(level, L"highestAvailable")) parser->manifest->run_level = ACTCTX_RUN_LEVEL_HIGHEST_AVAILABLE;
    else if (xml_is(level, L"requireAdministrator")) parser->manifest->run_level = ACTCTX_RUN_LEVEL_REQUIRE_ADMIN;
    parser->manifest->ui_access = is_yes(xml_attribute(&parser->xml, L"uiAccess"));
}

static void read_supported(struct parser *parser)
{
    WCHAR *id = keep_attribute(parser, L"Id");
    UNICODE_STRING text;

    if (!id || parser->manifest->supported_count >= ARRAY_SIZE(parser->manifest->supported)) return;
    RtlInitUnicodeString(&text, id);
    if (RtlGUIDFromString(&text, &parser->manifest->supported[parser->manifest->supported_count]) >= 0)
        parser->manifest->supported_count++;
}

static NTSTATUS start_element(struct parser *parser)
{
    const struct xml_text *name = &parser->xml.name;
    const struct xml_text *version;

    if (!parser->root_seen) {
        parser->root_seen = true;
        version = xml_attribute(&parser->xml, L"manifestVersion");
        if (!xml_is(name, L"assembly") || !version || !xml_is(version, L"1.0")) return STATUS_SXS_MANIFEST_FORMAT_ERROR;
        return STATUS_SUCCESS;
    }
    if (parser->settings_depth) {
        add_setting(parser);
    } else if (xml_is(name, L"assemblyIdentity")) {
        if (parser->dependency_depth) add_dependency(parser);
        else if (!parser->manifest->identity.name) read_identity(parser, &parser->manifest->identity);
    } else if (xml_is(name, L"dependency")) {
        parser->optional = is_yes(xml_attribute(&parser->xml, L"optional"));
    } else if (xml_is(name, L"dependentAssembly")) {
        parser->dependency_depth = parser->xml.depth;
    } else if (xml_is(name, L"file")) {
        if (!xml_attribute(&parser->xml, L"name")) return STATUS_SXS_MANIFEST_FORMAT_ERROR;
        add_file(parser);
    } else if (xml_is(name, L"windowClass") && parser->file) {
        add_class(parser);
    } else if (xml_is(name, L"noInherit")) {
        parser->manifest->no_inherit = true;
    } else if (xml_is(name, L"requestedExecutionLevel")) {
        read_run_level(parser);
    } else if (xml_is(name, L"supportedOS")) {
        read_supported(parser);
    } else if (xml_is(name, L"windowsSettings")) {
        parser->settings_depth = parser->xml.depth;
        parser->settings_space = xml_attribute(&parser->xml, L"xmlns");
        if (parser->settings_space) parser->settings_space_text = *parser->settings_space;
        parser->settings_space = parser->settings_space ? &parser->settings_space_text : NULL;
    }
    return STATUS_SUCCESS;
}

static void end_element(struct parser *parser)
{
    ULONG depth = parser->xml.depth + 1; /* of the element that ends */

    if (depth == parser->dependency_depth) parser->dependency_depth = 0;
    if (depth == parser->settings_depth) parser->settings_depth = 0;
    if (xml_is(&parser->xml.name, L"file")) parser->file = NULL;
    parser->class = NULL;
    parser->setting = NULL;
}

static void add_text(struct parser *parser)
{
    struct xml_text text = parser->xml.text;

    while (text.units && text.text[0] <= ' ') text.text++, text.units--;
    while (text.units && text.text[text.units - 1] <= ' ') text.units--;
    if (!text.units) return;
    if (parser->class && !parser->class->name) parser->class->name = keep(parser, &text);
    if (parser->setting && !parser->setting->value) parser->setting->value = keep(parser, &text);
}

/* The text as UTF-16; free with heap_free. */
static WCHAR *decode(const void *text, SIZE_T size, SIZE_T *units)
{
    const unsigned char *bytes = text;
    ULONG written = 0;
    WCHAR *wide;

    if (size >= 2 && ((bytes[0] == 0xff && bytes[1] == 0xfe) || (bytes[0] && !bytes[1]))) {
        SIZE_T skip = bytes[0] == 0xff ? 2 : 0;
        if (!(wide = heap_allocate(size + sizeof(WCHAR)))) return NULL;
        *units = (size - skip) / sizeof(WCHAR);
        memcpy(wide, bytes + skip, *units * sizeof(WCHAR));
        return wide;
    }
    if (size >= 3 && bytes[0] == 0xef && bytes[1] == 0xbb && bytes[2] == 0xbf) bytes += 3, size -= 3;
    if (size > 0x1000000 || !(wide = heap_allocate((size + 1) * sizeof(WCHAR)))) return NULL;
    RtlUTF8ToUnicodeN(wide, (ULONG)((size + 1) * sizeof(WCHAR)), &written, (const char *)bytes, (ULONG)size);
    *units = written / sizeof(WCHAR);
    return wide;
}

NTSTATUS manifest_parse(const void *text, SIZE_T size, struct pool *pool, struct manifest *manifest)
{
    struct parser parser = { .pool = pool, .manifest = manifest };
    NTSTATUS status = STATUS_SUCCESS;
    enum xml_event event = XML_START;
    SIZE_T units;
    WCHAR *wide = decode(text, size, &units);

    memset(manifest, 0, sizeof(*manifest));
    if (!wide) return STATUS_NO_MEMORY;
    parser.xml.at = wide;
    parser.xml.end = wide + units;
    while (!status && (event = xml_next(&parser.xml)) != XML_DONE) {
        switch (event) {
        case XML_START: status = start_element(&parser); break;
        case XML_END: end_element(&parser); break;
        case XML_TEXT: add_text(&parser); break;
        default: status = STATUS_SXS_MANIFEST_PARSE_ERROR;
        }
        if (!status && parser.out_of_memory) status = STATUS_NO_MEMORY;
    }
    if (!status && !parser.root_seen) status = STATUS_SXS_MANIFEST_PARSE_ERROR;
    heap_free(wide);
    return status;
}
