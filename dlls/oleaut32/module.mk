oleaut32_cflags = -Wno-attributes
$(eval $(call pe_dll,oleaut32,kernel32 kernelbase ntdll))
