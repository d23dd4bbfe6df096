bcrypt_cflags = -Wno-attributes
$(eval $(call pe_dll,bcrypt,kernelbase ntdll))
