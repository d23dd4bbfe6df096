vcruntime140_version = 14,29,30153,0
vcruntime140_shares = cxxeh
vcruntime140_cflags = -I$(srcdir)/dlls/cxxeh
$(eval $(call pe_dll,vcruntime140,ucrtbase ntdll kernelbase))
