# dbghelp.dll: symbols by export names, stack walking, undecorated names.
dbghelp_shares = undname
dbghelp_cflags = -I$(srcdir)/dlls/undname
$(eval $(call pe_dll,dbghelp,kernelbase ntdll))
