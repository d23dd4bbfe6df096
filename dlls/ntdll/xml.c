#include "xml.h"

static bool is_blank(WCHAR c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool ends_name(WCHAR c)
{
    return is_blank(c) || c == '>' || c == '/' || c == '=' || c == '<' || c == '"' || c == '\'';
}

static bool starts(const struct xml *xml, const WCHAR *text)
{
    SIZE_T units = wcslen(text);

    return (SIZE_T)(xml->end - xml->at) >= units && !wcsncmp(xml->at, text, units);
}

/* Moves behind the next `text`; false if there is none. */
static bool skip_past(struct xml *xml, const WCHAR *text)
{
    for (SIZE_T units = wcslen(text); xml->at < xml->end; xml->at++)
        if (starts(xml, text)) {
            xml->at += units;
            return true;
        }
    return false;
}

static void skip_blanks(struct xml *xml)
{
    while (xml->at < xml->end && is_blank(*xml->at)) xml->at++;
}

static struct xml_text read_name(struct xml *xml)
{
    struct xml_text name = { xml->at, 0 };

    while (xml->at < xml->end && !ends_name(*xml->at)) xml->at++;
    name.units = xml->at - name.text;
    return name;
}

static struct xml_text without_prefix(struct xml_text name)
{
    for (SIZE_T i = 0; i < name.units; i++)
        if (name.text[i] == ':') return (struct xml_text){ name.text + i + 1, name.units - i - 1 };
    return name;
}

static bool read_attribute(struct xml *xml)
{
    struct xml_text name = read_name(xml), value;
    WCHAR quote;

    skip_blanks(xml);
    if (!name.units || xml->at >= xml->end || *xml->at++ != '=') return false;
    skip_blanks(xml);
    if (xml->at >= xml->end || ((quote = *xml->at++) != '"' && quote != '\'')) return false;
    value.text = xml->at;
    while (xml->at < xml->end && *xml->at != quote && *xml->at != '<') xml->at++;
    if (xml->at >= xml->end || *xml->at != quote) return false;
    value.units = xml->at++ - value.text;
    if (xml->attribute_count < XML_ATTRIBUTES) {
        bool space = name.units >= 5 && !wcsncmp(name.text, L"xmlns", 5);
        xml->attributes[xml->attribute_count].name = space ? name : without_prefix(name);
        xml->attributes[xml->attribute_count++].value = value;
    }
    return true;
}

static enum xml_event read_start(struct xml *xml)
{
    xml->name = without_prefix(read_name(xml));
    xml->attribute_count = 0;
    if (!xml->name.units) return XML_ERROR;
    for (;;) {
        skip_blanks(xml);
        if (xml->at >= xml->end) return XML_ERROR;
        if (*xml->at == '>' || starts(xml, L"/>")) break;
        if (!read_attribute(xml)) return XML_ERROR;
    }
    xml->closing = *xml->at == '/';
    xml->at += xml->closing ? 2 : 1;
    xml->depth++;
    return XML_START;
}

static enum xml_event read_end(struct xml *xml)
{
    xml->name = without_prefix(read_name(xml));
    skip_blanks(xml);
    if (!xml->depth || xml->at >= xml->end || *xml->at++ != '>') return XML_ERROR;
    xml->depth--;
    return XML_END;
}

enum xml_event xml_next(struct xml *xml)
{
    if (xml->closing) {
        xml->closing = false;
        xml->depth--;
        return XML_END;
    }
    for (;;) {
        if (xml->at >= xml->end || !*xml->at) return xml->depth ? XML_ERROR : XML_DONE;
        if (*xml->at != '<') {
            xml->text.text = xml->at;
            while (xml->at < xml->end && *xml->at && *xml->at != '<') xml->at++;
            xml->text.units = xml->at - xml->text.text;
            if (xml->depth) return XML_TEXT;
            for (SIZE_T i = 0; i < xml->text.units; i++)
                if (!is_blank(xml->text.text[i])) return XML_ERROR;
        } else if (starts(xml, L"<!--")) {
            xml->at += 4;
            if (!skip_past(xml, L"-->")) return XML_ERROR;
        } else if (starts(xml, L"<![CDATA[")) {
            xml->at += 9;
            xml->text.text = xml->at;
            if (!xml->depth || !skip_past(xml, L"]]>")) return XML_ERROR;
            xml->text.units = xml->at - 3 - xml->text.text;
            return XML_TEXT;
        } else if (starts(xml, L"<?")) {
            if (!skip_past(xml, L"?>")) return XML_ERROR;
        } else if (starts(xml, L"<!")) {
            if (!skip_past(xml, L">")) return XML_ERROR;
        } else {
            bool end = starts(xml, L"</");
            xml->at += end ? 2 : 1;
            return end ? read_end(xml) : read_start(xml);
        }
    }
}

const struct xml_text *xml_attribute(const struct xml *xml, const WCHAR *name)
{
    for (ULONG i = 0; i < xml->attribute_count; i++)
        if (xml_is(&xml->attributes[i].name, name)) return &xml->attributes[i].value;
    return NULL;
}

bool xml_is(const struct xml_text *text, const WCHAR *wanted)
{
    return text->units == wcslen(wanted) && !wcsncmp(text->text, wanted, text->units);
}

SIZE_T xml_unescape(WCHAR *to, const struct xml_text *text)
{
    static const struct {
        const WCHAR *name;
        WCHAR character;
    } entities[] = { { L"&amp;", '&' }, { L"&lt;", '<' }, { L"&gt;", '>' }, { L"&quot;", '"' }, { L"&apos;", '\'' } };
    struct xml xml = { .at = text->text, .end = text->text + text->units };
    SIZE_T units = 0;

    while (xml.at < xml.end) {
        WCHAR c = *xml.at;
        ULONG i, number = 0;
        const WCHAR *digit;
        if (c != '&') {
            to[units++] = c;
            xml.at++;
            continue;
        }
        for (i = 0; i < ARRAY_SIZE(entities) && !starts(&xml, entities[i].name); i++) {}
        if (i < ARRAY_SIZE(entities)) {
            to[units++] = entities[i].character;
            xml.at += wcslen(entities[i].name);
            continue;
        }
        bool hex = starts(&xml, L"&#x");
        for (digit = xml.at + (hex ? 3 : 2); digit < xml.end && *digit != ';'; digit++) {
            WCHAR d = *digit | 0x20;
            ULONG value = d >= '0' && d <= '9' ? d - '0' : hex && d >= 'a' && d <= 'f' ? d - 'a' + 10 : 99;
            if (value == 99 || number > 0x10ffff) break;
            number = number * (hex ? 16 : 10) + value;
        }
        if (starts(&xml, L"&#") && digit < xml.end && *digit == ';' && number && number < 0x10000) {
            to[units++] = (WCHAR)number;
            xml.at = digit + 1;
        } else {
            to[units++] = c;
            xml.at++;
        }
    }
    return units;
}
