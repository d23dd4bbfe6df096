$(eval $(call pe_dll,advapi32,kernelbase kernel32 cryptbase ntdll))
