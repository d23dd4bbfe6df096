ucrtbase_static_libs = -lmingwex
ucrtbase_cflags = -mfpmath=sse -msse2
$(eval $(call pe_dll,ucrtbase,ntdll kernelbase))
