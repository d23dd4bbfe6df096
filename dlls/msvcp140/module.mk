# msvcp140.dll: the C++ library's part that needs no template of its own: exceptions, threads, exception_ptr, locale helpers.
msvcp140_version = 14,29,30153,0
msvcp140_shares = cxxclass undname
msvcp140_cflags = -I$(srcdir)/dlls/cxxeh -I$(srcdir)/dlls/cxxclass -I$(srcdir)/dlls/undname
$(eval $(call pe_dll,msvcp140,vcruntime140 ucrtbase kernelbase ntdll))
