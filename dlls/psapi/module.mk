# psapi.dll: process status.
$(eval $(call pe_dll,psapi,kernelbase ntdll))
