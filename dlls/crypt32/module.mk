# crypt32.dll: certificates and encodings.
crypt32_cflags = -Wno-attributes -I$(srcdir)/dlls/hash
crypt32_shares = hash
$(eval $(call pe_dll,crypt32,kernelbase ntdll))
