# crypt32.dll: certificates and encodings.
crypt32_cflags = -Wno-attributes
$(eval $(call pe_dll,crypt32,kernelbase ntdll))
