ole32_cflags = -Wno-attributes
$(eval $(call pe_dll,ole32,combase kernelbase ntdll))
