$(eval $(call pe_dll,msimg32,gdi32))
