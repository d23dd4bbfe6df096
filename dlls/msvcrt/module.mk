msvcrt_version = 7,0,19041,3636
# msvcrt.dll is the source of the UCRT with the differences of the older runtime, and C++ exceptions.
msvcrt_shares = ucrtbase cxxeh cxxclass undname
msvcrt_cflags = -mfpmath=sse -msse2 -DFERRY_MSVCRT -I$(srcdir)/dlls/ucrtbase -I$(srcdir)/dlls/cxxeh -I$(srcdir)/dlls/cxxclass -I$(srcdir)/dlls/undname
$(eval $(call pe_dll,msvcrt,ntdll kernelbase))
