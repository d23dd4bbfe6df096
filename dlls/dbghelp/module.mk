# dbghelp.dll: symbols.
dbghelp_cflags = -Wno-attributes
$(eval $(call pe_dll,dbghelp,kernelbase ntdll))
