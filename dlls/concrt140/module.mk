# concrt140.dll: the locks of the Concurrency Runtime.
concrt140_version = 14,29,30153,0
concrt140_shares = cxxclass undname
concrt140_cflags = -I$(srcdir)/dlls/cxxeh -I$(srcdir)/dlls/cxxclass -I$(srcdir)/dlls/undname
$(eval $(call pe_dll,concrt140,vcruntime140 ucrtbase kernelbase ntdll))
