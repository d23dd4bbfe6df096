# userenv.dll: profiles of users.
$(eval $(call pe_dll,userenv,kernel32 kernelbase advapi32 ntdll))
