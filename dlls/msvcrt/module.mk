# msvcrt.dll is the source of the UCRT with the differences of the older runtime.
msvcrt_shares = ucrtbase
msvcrt_cflags = -mfpmath=sse -msse2 -DFERRY_MSVCRT -I$(srcdir)/dlls/ucrtbase
$(eval $(call pe_dll,msvcrt,ntdll kernelbase))
