vcruntime140_version = 14,29,30153,0
vcruntime140_shares = cxxeh cxxclass undname
vcruntime140_cflags = -I$(srcdir)/dlls/cxxeh -I$(srcdir)/dlls/cxxclass -I$(srcdir)/dlls/undname
$(eval $(call pe_dll,vcruntime140,ucrtbase ntdll kernelbase))
