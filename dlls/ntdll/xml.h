/* As much of XML as manifests use: elements, attributes, text, character references; comments, declarations and
 * processing instructions are passed over. */
#ifndef NTDLL_XML_H
#define NTDLL_XML_H

#include "ntdll.h"

struct xml_text {
    const WCHAR *text; /* in the document, references not resolved */
    SIZE_T units;
};

#define XML_ATTRIBUTES 24

enum xml_event { XML_START, XML_END, XML_TEXT, XML_DONE, XML_ERROR };

struct xml {
    const WCHAR *at, *end;
    ULONG depth;
    bool closing;         /* the last element was <empty/>: its end is still to be told */
    struct xml_text name; /* of the element, without prefix */
    struct xml_text text; /* XML_TEXT */
    struct {
        struct xml_text name, value; /* the name without prefix, but for xmlns:… */
    } attributes[XML_ATTRIBUTES];
    ULONG attribute_count;
};

enum xml_event xml_next(struct xml *xml);
/* The attribute's value, or NULL. */
const struct xml_text *xml_attribute(const struct xml *xml, const WCHAR *name);
bool xml_is(const struct xml_text *text, const WCHAR *wanted);
/* Resolves references into `to` (room for text->units units), and returns the units. */
SIZE_T xml_unescape(WCHAR *to, const struct xml_text *text);

#endif
