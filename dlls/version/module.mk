# version.dll: version resources of files.
$(eval $(call pe_dll,version,kernelbase ntdll))
