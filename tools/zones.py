#!/usr/bin/env python3
"""Makes a C table of Windows time zone names by zoneinfo name, from CLDR's windowsZones.xml.

    zones.py [windowsZones.xml]
"""
import os
import sys
import xml.etree.ElementTree as xml

DEFAULT = "/usr/share/unicode/cldr/common/supplemental/windowsZones.xml"


def main():
    path = sys.argv[1] if len(sys.argv) > 1 else DEFAULT
    if not os.path.exists(path):
        raise SystemExit("%s is missing (Debian: unicode-cldr-core)" % path)
    zones = {}
    for item in xml.parse(path).getroot().iter("mapZone"):
        for name in item.get("type").split():
            zones.setdefault(name, item.get("other"))
    zones.setdefault("UTC", "UTC")
    zones.setdefault("Etc/UCT", "UTC")
    zones.setdefault("GMT", "UTC")
    print("/* Made by tools/zones.py from CLDR's windowsZones.xml. Sorted by the zoneinfo name. */")
    print("const struct { const char *unix_name, *windows_name; } windows_zones[] = {")
    for name in sorted(zones):
        print('    { "%s", "%s" },' % (name, zones[name]))
    print("};\nconst unsigned windows_zone_count = %d;" % len(zones))


if __name__ == "__main__":
    main()
