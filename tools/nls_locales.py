"""Locale data from CLDR in the terms of GetLocaleInfo (struct nls_locales).

CLDR has no numbers of Windows: LCID, abbreviation, code pages, geographical id and dialling code stand in LIST, as
Microsoft's "Windows Language Code Identifier Reference" (MS-LCID) and "Table of Geographical Locations" have them.
"""
import functools
import re
import struct
import xml.etree.ElementTree as ElementTree

CLDR = "/usr/share/unicode/cldr/common/"

# name: LCID, abbreviation, ANSI, OEM, Macintosh, EBCDIC code page, geographical id, dialling code, first week of year
LIST = """
af-ZA 0436 AFK 1252 850 10000 500 209 27
am-ET 045e AMH 0 1 2 500 73 251
ar-AE 3801 ARU 1256 720 10004 20420 224 971
ar-EG 0c01 ARE 1256 720 10004 20420 67 20
ar-SA 0401 ARA 1256 720 10004 20420 205 966
az-Latn-AZ 042c AZE 1254 857 10081 20905 5 994
be-BY 0423 BEL 1251 866 10007 500 29 375
bg-BG 0402 BGR 1251 866 10007 21025 35 359
bn-BD 0845 BNB 0 1 2 0 23 880
bs-Latn-BA 141a BSB 1250 852 10082 870 25 387
ca-ES 0403 CAT 1252 850 10000 500 217 34
cs-CZ 0405 CSY 1250 852 10029 500 75 420
cy-GB 0452 CYM 1252 850 10000 20285 242 44
da-DK 0406 DAN 1252 850 10000 20277 61 45
de-AT 0c07 DEA 1252 850 10000 20273 14 43
de-CH 0807 DES 1252 850 10000 20273 223 41
de-DE 0407 DEU 1252 850 10000 20273 94 49
el-GR 0408 ELL 1253 737 10006 20273 98 30
en-AU 0c09 ENA 1252 850 10000 500 12 61
en-CA 1009 ENC 1252 850 10000 37 39 1
en-GB 0809 ENG 1252 850 10000 20285 242 44
en-IE 1809 ENI 1252 850 10000 500 68 353
en-IN 4009 ENN 1252 437 10000 37 113 91
en-NZ 1409 ENZ 1252 850 10000 500 183 64
en-US 0409 ENU 1252 437 10000 37 244 1
en-ZA 1c09 ENS 1252 437 10000 500 209 27
es-AR 2c0a ESS 1252 850 10000 20284 11 54
es-CL 340a ESL 1252 850 10000 20284 46 56
es-CO 240a ESO 1252 850 10000 20284 51 57
es-ES 0c0a ESN 1252 850 10000 20284 217 34
es-MX 080a ESM 1252 850 10000 20284 166 52
es-US 540a EST 1252 850 10000 20284 244 1
et-EE 0425 ETI 1257 775 10029 500 70 372
eu-ES 042d EUQ 1252 850 10000 500 217 34
fa-IR 0429 FAR 1256 720 10004 20420 116 98
fi-FI 040b FIN 1252 850 10000 20278 77 358
fil-PH 0464 FPO 1252 437 10000 500 201 63
fr-BE 080c FRB 1252 850 10000 20297 21 32
fr-CA 0c0c FRC 1252 850 10000 20297 39 1
fr-CH 100c FRS 1252 850 10000 20297 223 41
fr-FR 040c FRA 1252 850 10000 20297 84 33
ga-IE 083c IRE 1252 850 10000 500 68 353
gl-ES 0456 GLC 1252 850 10000 500 217 34
gu-IN 0447 GUJ 0 1 2 500 113 91
he-IL 040d HEB 1255 862 10005 500 117 972
hi-IN 0439 HIN 0 1 2 0 113 91
hr-HR 041a HRV 1250 852 10082 500 108 385
hu-HU 040e HUN 1250 852 10029 500 109 36
hy-AM 042b HYE 0 1 2 500 7 374
id-ID 0421 IND 1252 850 10000 500 111 62
is-IS 040f ISL 1252 850 10079 20871 110 354
it-CH 0810 ITS 1252 850 10000 20280 223 41
it-IT 0410 ITA 1252 850 10000 20280 118 39
ja-JP 0411 JPN 932 932 10001 20290 122 81
ka-GE 0437 KAT 0 1 2 500 88 995
kk-KZ 043f KKZ 0 1 2 500 137 7
ko-KR 0412 KOR 949 949 10003 20833 134 82
lt-LT 0427 LTH 1257 775 10029 500 141 370
lv-LV 0426 LVI 1257 775 10029 500 140 371
mk-MK 042f MKI 1251 866 10007 500 19618 389
mn-MN 0450 MNN 1251 866 10007 20880 154 976
mr-IN 044e MAR 0 1 2 500 113 91
ms-MY 043e MSL 1252 850 10000 500 167 60
nb-NO 0414 NOR 1252 850 10000 20277 177 47
nl-BE 0813 NLB 1252 850 10000 500 21 32
nl-NL 0413 NLD 1252 850 10000 500 176 31
nn-NO 0814 NON 1252 850 10000 20277 177 47
pl-PL 0415 PLK 1250 852 10029 20880 191 48
pt-BR 0416 PTB 1252 850 10000 500 32 55
pt-PT 0816 PTG 1252 850 10000 500 193 351
ro-RO 0418 ROM 1250 852 10010 20880 200 40
ru-RU 0419 RUS 1251 866 10007 20880 203 7
sk-SK 041b SKY 1250 852 10029 20880 143 421
sl-SI 0424 SLV 1250 852 10029 20880 212 386
sq-AL 041c SQI 1250 852 10029 20880 6 355
sr-Cyrl-RS 281a SRO 1251 855 10007 21025 271 381
sr-Latn-RS 241a SRM 1250 852 10029 500 271 381
sv-SE 041d SVE 1252 850 10000 20278 221 46
sw-KE 0441 SWK 1252 437 10000 500 129 254
ta-IN 0449 TAI 0 1 2 500 113 91
te-IN 044a TEL 0 1 2 500 113 91
th-TH 041e THA 874 874 10021 20838 227 66
tr-TR 041f TRK 1254 857 10081 20905 235 90
uk-UA 0422 UKR 1251 866 10017 500 241 380
ur-PK 0420 URP 1256 720 10004 500 190 92
uz-Latn-UZ 0443 UZB 1254 857 10029 500 247 998
vi-VN 042a VIT 1258 1258 10000 500 251 84
zh-CN 0804 CHS 936 936 10008 500 45 86
zh-HK 0c04 ZHH 950 950 10002 500 104 852
zh-SG 1004 ZHI 936 936 10008 500 215 65
zh-TW 0404 CHT 950 950 10002 500 237 886
"""
# neutral locales: name, LCID, the specific one they stand for
NEUTRAL = """
af 0036 af-ZA|am 005e am-ET|ar 0001 ar-SA|az 002c az-Latn-AZ|be 0023 be-BY|bg 0002 bg-BG|bn 0045 bn-BD
bs 781a bs-Latn-BA|ca 0003 ca-ES|cs 0005 cs-CZ|cy 0052 cy-GB|da 0006 da-DK|de 0007 de-DE|el 0008 el-GR
en 0009 en-US|es 000a es-ES|et 0025 et-EE|eu 002d eu-ES|fa 0029 fa-IR|fi 000b fi-FI|fil 0064 fil-PH
fr 000c fr-FR|ga 003c ga-IE|gl 0056 gl-ES|gu 0047 gu-IN|he 000d he-IL|hi 0039 hi-IN|hr 001a hr-HR|hu 000e hu-HU
hy 002b hy-AM|id 0021 id-ID|is 000f is-IS|it 0010 it-IT|ja 0011 ja-JP|ka 0037 ka-GE|kk 003f kk-KZ|ko 0012 ko-KR
lt 0027 lt-LT|lv 0026 lv-LV|mk 002f mk-MK|mn 0050 mn-MN|mr 004e mr-IN|ms 003e ms-MY|nb 7c14 nb-NO|nl 0013 nl-NL
nn 7814 nn-NO|no 0014 nb-NO|pl 0015 pl-PL|pt 0016 pt-BR|ro 0018 ro-RO|ru 0019 ru-RU|sk 001b sk-SK|sl 0024 sl-SI
sq 001c sq-AL|sr 7c1a sr-Latn-RS|sv 001d sv-SE|sw 0041 sw-KE|ta 0049 ta-IN|te 004a te-IN|th 001e th-TH
tr 001f tr-TR|uk 0022 uk-UA|ur 0020 ur-PK|uz 0043 uz-Latn-UZ|vi 002a vi-VN|zh 7804 zh-CN|zh-Hans 0004 zh-CN
zh-Hant 7c04 zh-HK
"""
# where Windows decided otherwise than CLDR and programs see it
OVERRIDES = {
    "ko-KR": {0x1F: "yyyy-MM-dd", 0x1D: "-", 0x26: "1", 0x27: "1", 0x28: "\uc624\uc804", 0x29: "\uc624\ud6c4"},
    "ja-JP": {0x14: "\u00a5", 0x20: "yyyy'\u5e74'M'\u6708'd'\u65e5'"},
    "zh-CN": {0x04: "\u4e2d\u6587(\u7b80\u4f53)", 0x20: "yyyy'\u5e74'M'\u6708'd'\u65e5'"},
    "zh-TW": {0x14: "NT$", 0x20: "yyyy'\u5e74'M'\u6708'd'\u65e5'"},
    "fr-FR": {0x0F: "\u202f", 0x17: "\u00a0"},
    "de-CH": {0x0C: ";"},
}
CLDR_NAME = {"zh-CN": "zh_Hans_CN", "zh-SG": "zh_Hans_SG", "zh-TW": "zh_Hant_TW", "zh-HK": "zh_Hant_HK"}
ABBREVIATED_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
FIRST_FOUR_DAYS = set("AD AN AT AX BE BG CH CZ DE DK ES FI FR GB GR HU IE IS IT LT LU NL NO PL PT RU SE SK".split())
A5_LETTER = set("US CA MX CL CO PH PR VE".split())


@functools.lru_cache(None)
def tree(folder, name):
    return ElementTree.parse(CLDR + folder + "/" + name + ".xml").getroot()


@functools.lru_cache(None)
def exists(name):
    try:
        tree("main", name)
        return True
    except OSError:
        return False


@functools.lru_cache(None)
def supplemental():
    return tree("supplemental", "supplementalData")


@functools.lru_cache(None)
def parents():
    result = {}
    for node in supplemental().findall("parentLocales/parentLocale"):
        for child in node.get("locales").split():
            result[child] = node.get("parent")
    return result


def chain(name):
    """Locale files from the most special to root."""
    while name != "root":
        if exists(name):
            yield name
        name = parents().get(name) or ("_" in name and name.rsplit("_", 1)[0]) or "root"
    yield "root"


@functools.lru_cache(None)
def lookup(name, path):
    for step in chain(name):
        node = tree("main", step).find(path)
        if node is not None and node.text is not None and node.text != "\u2191\u2191\u2191":
            return node.text
        if node is not None and node.find("alias") is not None:
            break
    return None


GREGORIAN = "dates/calendars/calendar[@type='gregorian']/"


def date_pattern(pattern):
    """A CLDR date or time pattern in Windows' letters."""
    result = []
    for part in re.finditer(r"'(?:[^']|'')*'|([A-Za-z])\1*|.", pattern):
        text = part.group(0)
        letter = part.group(1)
        if letter is None:
            result.append(text)
        elif letter == "y":
            result.append("yyyy")
        elif letter == "G":
            pass
        elif letter in "ML":
            result.append("M" * min(len(text), 4))
        elif letter in "Ec":
            result.append("dddd" if len(text) > 3 else "ddd")
        elif letter == "d":
            result.append(text)
        elif letter in "Hhms":
            result.append(text)
        elif letter in "aB":
            result.append("tt")
        elif letter == "z":
            pass
        else:
            result.append(text)
    text = "".join(result).strip().replace("\u202f", " ").replace("\u00a0tt", " tt").replace("\u200f", "")
    return re.sub(r"^, | ,? ?$", "", text)


def names(name, kind, width, keys, context="format"):
    """Month or day names; CLDR's aliases between widths and contexts followed by hand."""
    tag = {"months": "month", "days": "day"}[kind]
    result = []
    other = "stand-alone" if context == "format" else "format"
    tries = {"wide": [(context, "wide"), (other, "wide")],
             "abbreviated": [(context, "abbreviated"), (other, "abbreviated"), (context, "wide"), (other, "wide")],
             "short": [(context, "short"), (other, "short"), (context, "abbreviated"), (other, "abbreviated"),
                       (context, "wide")]}[width]
    for key in keys:
        for step in chain(name):
            found = None
            for ctx, wid in tries:
                node = tree("main", step).find(GREGORIAN + "%s/%sContext[@type='%s']/%sWidth[@type='%s']/%s[@type='%s']" % (
                    kind, tag, ctx, tag, wid, tag, key))
                if node is not None and node.text != "\u2191\u2191\u2191":
                    found = node.text
                    break
            if found:
                break
        result.append(found or key)
    return result


def week_day(attribute, territory):
    found = "mon"
    for node in supplemental().findall("weekData/" + attribute):
        if node.get("alt"):
            continue
        if territory in node.get("territories").split():
            return node.get("day")
        if "001" in node.get("territories").split():
            found = node.get("day")
    return found


def currency_of(territory):
    for node in supplemental().findall("currencyData/region[@iso3166='%s']/currency" % territory):
        if not node.get("to") and node.get("tender") != "false":
            return node.get("iso4217")
    return "XDR"


def currency_digits(code):
    for node in supplemental().findall("currencyData/fractions/info"):
        if node.get("iso4217") == code:
            return node.get("digits")
    return "2"


def alpha3_territory(territory):
    node = supplemental().find("codeMappings/territoryCodes[@type='%s']" % territory)
    return node.get("alpha3") if node is not None else territory


@functools.lru_cache(None)
def alpha3_languages():
    result = {}
    for node in tree("supplemental", "supplementalMetadata").findall("metadata/alias/languageAlias"):
        if node.get("reason") == "overlong" and len(node.get("type")) == 3:
            result.setdefault(node.get("replacement"), node.get("type"))
    return result


def grouping(pattern):
    """'#,##0.###' to '3;0', '#,##,##0' to '3;2;0'."""
    groups = pattern.split(";")[0].split(".")[0].split(",")
    if len(groups) == 1:
        return "0"
    last = sum(c in "#0" for c in groups[-1])
    if len(groups) > 2:
        return "%d;%d;0" % (last, sum(c in "#0" for c in groups[-2]))
    return "%d;0" % last


def positive_order(pattern):
    """ICURRENCY of a CLDR currency pattern."""
    text = re.sub("[\u200f\u200e\u061c]", "", pattern.split(";")[0])
    blank = "\u00a0" in text or " " in text
    return (2 if blank else 0) if text.startswith("\u00a4") else (3 if blank else 1)


def negative_order(pattern):
    """INEGCURR: '-¤1' 1, '¤-1' 2, '¤1-' 3, '(¤1)' 0, '-1¤' 5, '1-¤' 6, '-1 ¤' 8, '-¤ 1' 9, '¤ 1-' 11, '¤ -1' 12."""
    parts = pattern.split(";")
    order = positive_order(pattern)
    if len(parts) > 1:
        text = re.sub("[\u200f\u200e\u061c]", "", parts[1]).replace("\u00a0", " ")
        if text.startswith("("):
            return {0: 0, 1: 4, 2: 14, 3: 15}[order]
        if re.match("\u00a4 ?-", text):
            return 12 if order == 2 else 2
        if text.endswith("-"):
            return {0: 3, 1: 7, 2: 11, 3: 10}[order]
    return {0: 1, 1: 5, 2: 9, 3: 8}[order]


def sheet(name, row):
    """{LCTYPE: text} of one locale."""
    lcid, abbreviation, ansi, oem, mac, ebcdic, geo, dial = row
    cldr = CLDR_NAME.get(name, name.replace("-", "_"))
    parts = name.split("-")
    language, territory = parts[0], parts[-1]
    if cldr.split("_")[0] == "nb":
        cldr = "no_NO" if exists("no_NO") else cldr
    get = functools.partial(lookup, cldr)
    english = functools.partial(lookup, "en")
    script = {"zh-CN": "Hans", "zh-SG": "Hans", "zh-TW": "Hant", "zh-HK": "Hant"}.get(name) or (
        parts[1] if len(parts) == 3 else "")
    language_key = language + "_" + script if language == "zh" else language

    def display(source, kind, key):
        return source("localeDisplayNames/%s/%s[@type='%s']" % (
            {"language": "languages", "territory": "territories", "script": "scripts"}[kind], kind, key)) or key

    eng_language = display(english, "language", language_key if language != "zh" else "zh_" + script)
    if len(parts) == 3:
        eng_script = " (%s)" % display(english, "script", script)
    else:
        eng_script = ""
    eng_country = english("localeDisplayNames/territories/territory[@type='%s']" % territory) or territory
    if territory == "HK":
        eng_country = "Hong Kong SAR"
    if language == "zh":
        eng_language = "Chinese (%s)" % ("Simplified" if script == "Hans" else "Traditional")
    native_language = display(get, "language", language_key)
    native_country = display(get, "territory", territory)
    combined = "%s (%s)" % (eng_language, eng_country)
    if eng_script:
        combined = "%s%s, %s)" % (eng_language, eng_script[:-1], eng_country)
    if language == "zh":
        combined = "%s, %s)" % (eng_language[:-1], eng_country)
    digits = "latn"
    symbols = "numbers/symbols[@numberSystem='%s']/" % digits
    decimal = get(symbols + "decimal") or "."
    group = get(symbols + "group") or ","
    if name in ("es-ES",):
        group = "."
    if name == "de-AT":
        group = "\u00a0"
    minus = "-"
    number_pattern = get("numbers/decimalFormats[@numberSystem='latn']/decimalFormatLength/decimalFormat/pattern") or "#,##0.###"
    money_pattern = get("numbers/currencyFormats[@numberSystem='latn']/currencyFormatLength/"
                        "currencyFormat[@type='standard']/pattern") or "\u00a4#,##0.00"
    percent_pattern = get("numbers/percentFormats[@numberSystem='latn']/percentFormatLength/percentFormat/pattern") or "#,##0%"
    currency = currency_of(territory)
    base = "numbers/currencies/currency[@type='%s']/" % currency
    symbol = get(base + "symbol[@alt='narrow']") if currency not in ("USD",) else None
    symbol = get(base + "symbol") if symbol is None or language == "en" else symbol
    symbol = symbol or currency
    if territory == "CN":
        symbol = "\u00a5"
    date = {length: get(GREGORIAN + "dateFormats/dateFormatLength[@type='%s']/dateFormat/pattern" % length)
            for length in ("full", "long", "medium", "short")}
    time = {length: get(GREGORIAN + "timeFormats/timeFormatLength[@type='%s']/timeFormat/pattern" % length)
            for length in ("medium", "short")}
    short_date, long_date = date_pattern(date["short"]), date_pattern(date["full"])
    time_format, short_time = date_pattern(time["medium"]), date_pattern(time["short"])
    skeleton = GREGORIAN + "dateTimeFormats/availableFormats/dateFormatItem[@id='%s']"
    month_day = date_pattern(get(skeleton % "MMMMd") or "MMMM d")
    year_month = date_pattern(get(skeleton % "yMMMM") or "MMMM y")
    am = get(GREGORIAN + "dayPeriods/dayPeriodContext[@type='format']/dayPeriodWidth[@type='abbreviated']/dayPeriod[@type='am']")
    pm = get(GREGORIAN + "dayPeriods/dayPeriodContext[@type='format']/dayPeriodWidth[@type='abbreviated']/dayPeriod[@type='pm']")
    am = am or get(GREGORIAN + "dayPeriods/dayPeriodContext[@type='format']/dayPeriodWidth[@type='wide']/dayPeriod[@type='am']") or "AM"
    pm = pm or get(GREGORIAN + "dayPeriods/dayPeriodContext[@type='format']/dayPeriodWidth[@type='wide']/dayPeriod[@type='pm']") or "PM"
    if "tt" not in time_format and language in ("de", "fr", "it", "ru", "pl", "sv", "fi", "nb", "nn", "da", "nl", "cs"):
        am = pm = ""
    if language == "en":
        am, pm = am.upper(), pm.upper()
    months = [str(i) for i in range(1, 13)]
    days = list(ABBREVIATED_DAYS)
    standalone = names(cldr, "months", "wide", months, "stand-alone")
    genitive = names(cldr, "months", "wide", months, "format")
    standalone_short = names(cldr, "months", "abbreviated", months, "stand-alone")
    separator = (re.sub(r"[dMy'A-Za-z\s\u200f]", "", short_date) or "/")[0]
    if ". " in short_date:
        separator = ". "
    time_separator = (re.sub(r"[A-Za-z\s']", "", time_format) or ":")[0]
    letters = re.sub(r"[^dMy]", "", short_date)
    order = {"M": "0", "d": "1", "y": "2"}
    first_long = re.sub(r"'[^']*'|dddd?,?|[^dMy]", "", re.sub(r"dddd", "", long_date))
    measure = "1" if territory in ("US",) else "0"
    positive, negative = positive_order(money_pattern), negative_order(money_pattern)
    if name == "en-US":
        negative = 0
    native_digits = "0123456789"
    right = language in ("ar", "fa", "he", "ur")
    calendar = {"th-TH": "7", "ar-SA": "23", "fa-IR": "22"}.get(name, "1")
    negative_blank = {1: "0", 5: "0", 8: "1", 9: "1", 0: "0", 2: "0", 12: "1"}.get(negative, "0")
    precedes = "1" if positive in (0, 2) else "0"
    position = {0: "0", 1: "3", 2: "3", 5: "1", 8: "1", 9: "3", 12: "4"}.get(negative, "1")
    first_day = week_day("firstDay", territory)
    percent_blank = "\u00a0" in percent_pattern or " " in percent_pattern
    result = {
        0x01: lcid, 0x02: combined, 0x03: abbreviation, 0x04: native_language, 0x05: dial, 0x06: eng_country,
        0x07: alpha3_territory(territory), 0x08: native_country, 0x09: lcid, 0x0A: dial, 0x0B: oem, 0x0C: ";" if decimal == "," else ",",
        0x0D: measure, 0x0E: decimal, 0x0F: group, 0x10: grouping(number_pattern), 0x11: "2", 0x12: "1",
        0x13: native_digits, 0x14: symbol, 0x15: currency, 0x16: decimal, 0x17: group, 0x18: grouping(number_pattern),
        0x19: currency_digits(currency), 0x1A: currency_digits(currency), 0x1B: str(positive), 0x1C: str(negative),
        0x1D: separator, 0x1E: time_separator, 0x1F: short_date, 0x20: long_date,
        0x21: order.get(letters[:1], "0"), 0x22: order.get(first_long[:1], "1"),
        0x23: "1" if "H" in time_format else "0", 0x24: "1", 0x25: "1" if re.search("HH|hh", time_format) else "0",
        0x26: "1" if "dd" in short_date else "0", 0x27: "1" if "MM" in short_date else "0", 0x28: am, 0x29: pm,
        0x50: "", 0x51: minus, 0x52: "3" if precedes == "1" else "1", 0x53: position, 0x54: precedes,
        0x55: "1" if positive in (2, 3) else "0", 0x56: precedes, 0x57: negative_blank, 0x59: language, 0x5A: territory,
        0x5B: geo, 0x5C: name, 0x5D: time_format.replace("tt", "").strip(), 0x5E: "%s:%s" % (lcid, "0000" + lcid),
        0x67: alpha3_languages().get(language, language), 0x68: alpha3_territory(territory), 0x69: "NaN",
        0x6A: "\u221e", 0x6B: minus + "\u221e", 0x6C: scripts(language, script), 0x6D: "-".join(parts[:-1]), 0x6E: name,
        0x6F: eng_language, 0x70: "1" if right else "0", 0x71: "0", 0x72: combined,
        0x73: "%s (%s)" % (native_language, native_country), 0x74: "0" if percent_blank else "1",
        0x75: "0" if percent_blank else "1", 0x76: "%", 0x77: "\u2030", 0x78: month_day, 0x79: short_time, 0x7A: language,
        0x7B: name, 0x7C: long_date, 0x7E: am[:1], 0x7F: pm[:1], 0x1001: eng_language, 0x1002: eng_country,
        0x1003: time_format, 0x1004: ansi, 0x1005: "1" if time_format.startswith("tt") else "0", 0x1006: year_month,
        0x1007: english(base + "displayName") or currency, 0x1008: get(base + "displayName") or currency,
        0x1009: calendar, 0x100A: "1" if territory in A5_LETTER else "9", 0x100B: "0",
        0x100C: str(days.index(first_day)), 0x100D: "2" if territory in FIRST_FOUR_DAYS else "0", 0x100E: "", 0x100F: "",
        0x1010: "1", 0x1011: mac, 0x1012: ebcdic, 0x1013: "Default", 0x1014: "1" if not right or language == "he" else "0",
    }
    result.update(OVERRIDES.get(name, {}))
    for i, text in enumerate(names(cldr, "days", "wide", days, "stand-alone")):
        result[0x2A + i] = text
    for i, text in enumerate(names(cldr, "days", "abbreviated", days)):
        result[0x31 + i] = text
    for i, text in enumerate(names(cldr, "days", "short", days)):
        result[0x60 + i] = text
    for i in range(12):
        result[0x38 + i] = standalone[i]
        result[0x44 + i] = standalone_short[i]
        result[0x2038 + i] = genitive[i]
    return result


def scripts(language, script):
    if language == "ja":
        return "Hani;Hira;Jpan;Kana;"
    if language == "ko":
        return "Hang;Hani;Kore;"
    if language == "zh":
        return "Hani;%s;" % script
    known = {"ar": "Arab", "fa": "Arab", "ur": "Arab", "he": "Hebr", "el": "Grek", "th": "Thai", "hi": "Deva", "mr": "Deva",
             "bn": "Beng", "ta": "Taml", "te": "Telu", "gu": "Gujr", "ka": "Geor", "hy": "Armn", "am": "Ethi"}
    if language in ("ru", "uk", "bg", "be", "mk", "kk", "mn"):
        return "Cyrl;"
    return (script or known.get(language, "Latn")) + ";"


def invariant():
    result = dict(sheet("en-US", ["0409", "ENU", "1252", "437", "10000", "37", "244", "1"]))
    result.update({
        0x01: "007f", 0x02: "Invariant Language (Invariant Country)", 0x03: "IVL", 0x04: "Invariant Language",
        0x06: "Invariant Country", 0x07: "IVC", 0x08: "Invariant Country", 0x09: "007f", 0x0A: "1", 0x0D: "0",
        0x14: "\u00a4", 0x15: "XDR", 0x1C: "0", 0x1F: "MM/dd/yyyy", 0x20: "dddd, dd MMMM yyyy", 0x21: "0", 0x22: "1",
        0x23: "1", 0x25: "1", 0x26: "1", 0x27: "1", 0x59: "iv", 0x5A: "IV", 0x5B: "244", 0x5C: "", 0x67: "ivl", 0x68: "ivc",
        0x6D: "", 0x6F: "Invariant Language", 0x72: "Invariant Language (Invariant Country)",
        0x73: "Invariant Language (Invariant Country)", 0x74: "0", 0x75: "0", 0x78: "MMMM dd", 0x79: "HH:mm", 0x7A: "iv",
        0x7B: "", 0x7C: "dddd, dd MMMM yyyy", 0x1001: "Invariant Language", 0x1002: "Invariant Country",
        0x1003: "HH:mm:ss", 0x1006: "yyyy MMMM", 0x1007: "International Monetary Fund",
        0x1008: "International Monetary Fund", 0x100A: "9", 0x100C: "6",
    })
    return result


def neutral(name, lcid, specific, sheets):
    result = dict(sheets[specific])
    result.update({0x01: lcid, 0x71: "1", 0x5C: name, 0x6D: "zh" if name.startswith("zh-") else "",
                   0x02: result[0x1001], 0x72: result[0x1001], 0x73: result[0x04], 0x7B: specific})
    result[0x09] = sheets[specific][0x01]
    return result


@functools.lru_cache(None)
def sheets():
    result = {}
    for line in LIST.split("\n"):
        words = line.split()
        if words:
            result[words[0]] = sheet(words[0], words[1:9])
    for item in re.split(r"[|\n]", NEUTRAL):
        words = item.split()
        if words:
            result[words[0]] = neutral(words[0], words[1], words[2], result)
    result[""] = invariant()
    return result


def block():
    every = sheets()
    types = sorted({t for s in every.values() for t in s})
    order = sorted(every, key=lambda n: n.lower())
    pool, places = [], {}

    def place(text):
        if text not in places:
            raw = text.encode("utf-16-le")
            places[text] = len(pool)
            pool.extend(struct.unpack("<%dH" % (len(raw) // 2), raw))
            pool.append(0)
        return places[text]

    rows = []
    for name in order:
        values = every[name]
        rows.append(struct.pack("<II", int(values[1], 16), place(name)) +
                    struct.pack("<%dI" % len(types), *[place(values.get(t, "")) for t in types]))
    head = 7 * 4
    blob = struct.pack("<%dH" % len(types), *types)
    blob += b"\0" * (-len(blob) % 4)
    at_rows = head + len(blob)
    blob += b"".join(rows)
    by_lcid = sorted(range(len(order)), key=lambda i: int(every[order[i]][1], 16))
    at_lcid = head + len(blob)
    blob += struct.pack("<%dH" % len(order), *by_lcid)
    blob += b"\0" * (-len(blob) % 4)
    at_pool = head + len(blob)
    blob += struct.pack("<%dH" % len(pool), *pool)
    blob += b"\0" * (-len(blob) % 4)
    return struct.pack("<7I", head + len(blob), len(order), len(types), head, at_rows, at_lcid, at_pool) + blob


if __name__ == "__main__":
    import sys
    for name in sys.argv[1:]:
        for key, value in sorted(sheets()[name].items()):
            print("%s %04x %r" % (name, key, value))
