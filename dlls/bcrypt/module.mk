# bcrypt.h has no way to say that the functions are ours, not imported.
bcrypt_cflags = -Wno-attributes -I$(srcdir)/dlls/hash
bcrypt_shares = hash
$(eval $(call pe_dll,bcrypt,kernelbase ntdll))
