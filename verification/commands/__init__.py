"""The commands of ``halfulp`` that verify and judge, a file each."""
