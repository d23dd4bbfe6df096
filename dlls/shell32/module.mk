shell32_cflags = -Wno-attributes
$(eval $(call pe_dll,shell32,kernel32 kernelbase ntdll))
