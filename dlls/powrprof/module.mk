# powrprof.dll: power.
$(eval $(call pe_dll,powrprof,kernelbase ntdll))
