# shlwapi.dll: paths and strings.
$(eval $(call pe_dll,shlwapi,kernelbase ntdll))
