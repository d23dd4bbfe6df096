# wincrypt.h and evntprov.h have no way to say that the functions are ours, not imported.
advapi32_cflags = -Wno-attributes -I$(srcdir)/dlls/hash
advapi32_shares = hash
$(eval $(call pe_dll,advapi32,kernelbase kernel32 cryptbase ntdll))
