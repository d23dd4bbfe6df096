combase_cflags = -Wno-attributes
$(eval $(call pe_dll,combase,kernelbase ntdll))
