# iphlpapi.dll: IP helper.
$(eval $(call pe_dll,iphlpapi,kernelbase ntdll))
