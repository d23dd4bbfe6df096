$(eval $(call pe_dll,vcruntime140,ucrtbase ntdll kernelbase))
