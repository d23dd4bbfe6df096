ucrtbase_cflags = -mfpmath=sse -msse2
# Once kernelbase has what it needs.
$(if $(shell grep -w CreatePipe $(srcdir)/dlls/kernelbase/kernelbase.exports),$(eval $(call pe_dll,ucrtbase,kernelbase ntdll)))
